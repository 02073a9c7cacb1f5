//! What every handler can reach.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use weald_domain::{
    id::UserId,
    ports::{
        Approvals, Assets, Blobs, Clock, Conversations, Feed, Folders, Identity, Ids, LiveLog,
        Models, Presets, Projects, Providers, RequestKeys, SecretStore, SessionStreams, Sessions,
        Settings, StoreError, Workspaces,
    },
    time::UnixMillis,
};
use weald_engine::Engine;

use crate::{
    auth::{LinkCodes, LoginAttempts, RootToken},
    config_file::ConfigFile,
    known_sources::KnownSources,
    sse::StreamSlots,
};

/// What the server stands on.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port of its name")]
pub struct Services {
    pub engine: Engine,
    pub approvals: Arc<dyn Approvals>,
    pub assets: Arc<dyn Assets>,
    pub blobs: Arc<dyn Blobs>,
    pub clock: Arc<dyn Clock>,
    pub config_file: Arc<dyn ConfigFile>,
    pub conversations: Arc<dyn Conversations>,
    pub feed: Arc<dyn Feed>,
    pub folders: Arc<dyn Folders>,
    pub identity: Arc<dyn Identity>,
    pub ids: Arc<dyn Ids>,
    pub live: Arc<dyn LiveLog>,
    pub models: Arc<dyn Models>,
    pub presets: Arc<dyn Presets>,
    pub projects: Arc<dyn Projects>,
    pub providers: Arc<dyn Providers>,
    pub request_keys: Arc<dyn RequestKeys>,
    pub secrets: Arc<dyn SecretStore>,
    pub sessions: Arc<dyn Sessions>,
    pub settings: Arc<dyn Settings>,
    pub streams: Arc<dyn SessionStreams>,
    pub workspaces: Arc<dyn Workspaces>,
}

/// Settings of the server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where it listens; names the login cookie.
    pub address: SocketAddr,
    /// Host names it answers to besides loopback names and addresses.
    pub allowed_hosts: Vec<String>,
    /// Folder of managed projects.
    pub projects_root: PathBuf,
    /// Directories that repositories must be in; empty allows all.
    pub allowed_root_directories: Vec<PathBuf>,
    /// Open streams of one user.
    pub streams_per_user: usize,
    /// Where models may already be.
    pub sources: KnownSources,
    /// Version that `/api/health` tells.
    pub version: String,
}

/// The state of the server. Cheap to clone; all clones are the same server.
#[derive(Clone)]
pub struct ServerState(Arc<Inner>);

struct Inner {
    services: Services,
    config: ServerConfig,
    links: LinkCodes,
    attempts: LoginAttempts,
    root: RootToken,
    owner: OnceLock<UserId>,
    slots: StreamSlots,
    provider_edits: tokio::sync::Mutex<()>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl ServerState {
    /// Makes the state. Cancelling `stop` ends every stream and every connection.
    #[must_use]
    pub fn new(services: Services, config: ServerConfig, stop: CancellationToken) -> Self {
        let slots = StreamSlots::new(stop.clone(), config.streams_per_user);
        Self(Arc::new(Inner {
            services,
            config,
            links: LinkCodes::default(),
            attempts: LoginAttempts::default(),
            root: RootToken::default(),
            owner: OnceLock::new(),
            slots,
            provider_edits: tokio::sync::Mutex::default(),
            stop,
            tasks: TaskTracker::new(),
        }))
    }

    pub(crate) fn services(&self) -> &Services {
        &self.0.services
    }

    pub(crate) fn config(&self) -> &ServerConfig {
        &self.0.config
    }

    /// The one-time codes of login links.
    #[must_use]
    pub fn links(&self) -> &LinkCodes {
        &self.0.links
    }

    pub(crate) fn attempts(&self) -> &LoginAttempts {
        &self.0.attempts
    }

    pub(crate) fn root(&self) -> &RootToken {
        &self.0.root
    }

    /// The owner of the deployment, who never changes.
    pub(crate) async fn owner(&self) -> Result<UserId, StoreError> {
        if let Some(owner) = self.0.owner.get() {
            return Ok(*owner);
        }
        let owner = self.0.services.identity.owner().await?;
        Ok(*self.0.owner.get_or_init(|| owner))
    }

    pub(crate) fn slots(&self) -> &StreamSlots {
        &self.0.slots
    }

    /// Held by whoever changes a provider together with its key: they are in two stores, which no
    /// transaction spans.
    pub(crate) fn provider_edits(&self) -> &tokio::sync::Mutex<()> {
        &self.0.provider_edits
    }

    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.0.services.clock.now()
    }

    /// A fresh id of any kind, stamped with `at`.
    pub(crate) fn id<T: From<uuid::Uuid>>(&self, at: UnixMillis) -> T {
        T::from(self.0.services.ids.uuid(at))
    }

    /// A fresh login link code, for the owner to open in a browser.
    #[must_use]
    pub fn link_code(&self) -> String {
        let mut random = [0; 32];
        self.0.services.ids.fill(&mut random);
        self.0.links.issue(&random, self.now())
    }
}
