//! Use cases of agents: sessions and their turns, approvals, interrupts, recovery.
//!
//! A session is driven by one turn at a time, in the process that holds its lease. Everything
//! a turn needs to go on after a crash is in the journal: [`weald_domain::turn_state`] folds it.

mod answer;
mod broken;
mod config;
mod context;
mod error;
#[cfg(test)]
mod fake;
mod interrupt;
mod prompt;
mod recover;
mod registry;
mod resolve;
mod run;
mod turn;

use std::sync::Arc;

use tokio_util::task::TaskTracker;
use weald_domain::{
    ports::{
        Approvals, Blobs, Clock, Conversations, Identity, Ids, Inbox, Journal, LiveLog, Models,
        Presets, Projects, Providers, SecretStore, Sessions, ToolHost, Workspaces,
    },
    time::UnixMillis,
};

pub use config::EngineConfig;
pub use error::{AnswerApprovalError, InterruptError, RunError};
pub use run::{RunRequest, Started};

use registry::Registry;

/// What the engine stands on.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port of its name")]
pub struct Ports {
    pub approvals: Arc<dyn Approvals>,
    pub blobs: Arc<dyn Blobs>,
    pub clock: Arc<dyn Clock>,
    pub conversations: Arc<dyn Conversations>,
    pub identity: Arc<dyn Identity>,
    pub ids: Arc<dyn Ids>,
    pub inbox: Arc<dyn Inbox>,
    pub journal: Arc<dyn Journal>,
    pub live: Arc<dyn LiveLog>,
    pub models: Arc<dyn Models>,
    pub presets: Arc<dyn Presets>,
    pub projects: Arc<dyn Projects>,
    pub providers: Arc<dyn Providers>,
    pub secrets: Arc<dyn SecretStore>,
    pub sessions: Arc<dyn Sessions>,
    pub tools: Arc<dyn ToolHost>,
    pub workspaces: Arc<dyn Workspaces>,
}

/// The engine. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: EngineConfig,
    ports: Ports,
    registry: Registry,
    tasks: TaskTracker,
}

impl Engine {
    /// Makes an engine. It does nothing until it is asked to; call [`Engine::recover`] at start.
    #[must_use]
    pub fn new(config: EngineConfig, ports: Ports) -> Self {
        let inner = Inner {
            config,
            ports,
            registry: Registry::default(),
            tasks: TaskTracker::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    fn now(&self) -> UnixMillis {
        self.inner.ports.clock.now()
    }

    /// A fresh id of any kind, stamped with `at`.
    fn id<T: From<uuid::Uuid>>(&self, at: UnixMillis) -> T {
        T::from(self.inner.ports.ids.uuid(at))
    }

    /// Sessions that run in this process; parked ones hold no place here.
    #[must_use]
    pub fn running(&self) -> usize {
        self.inner.registry.len()
    }

    /// Whether every session of this process has ended or parked.
    pub async fn until_idle(&self) {
        self.inner.registry.until_empty().await;
    }
}
