//! Pruning: what is of no more use, or is older than it is to be kept, and removing it.
//!
//! Rows and files whose time is over always go. What a session recorded goes only when somebody
//! asked for it: then the payloads of its events are erased, and their skeleton (place, kind and
//! hash) stays, so that the feed has no gap and the audit chain still verifies. The text of a
//! conversation is in its messages and is never pruned.

mod at_rest;
mod events;
mod files;
mod rows;

use tokio_util::sync::CancellationToken;
use weald_domain::{ports::StoreError, time::UnixMillis};

use crate::{
    data_folder::DataFolder,
    sql::{
        reader::{Reader, Readers},
        writer::Writer,
    },
    statements::Statements,
    store::Store,
};

pub use at_rest::{PruneError, look, prune};

/// How long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Milliseconds after a session's end for which its events keep their payloads; none means
    /// for ever.
    pub events_ms: Option<i64>,
    /// Milliseconds after a session's end for which its live log stays.
    pub live_ms: i64,
}

/// Something that is pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disused {
    /// Request keys whose 24 hours are over.
    RequestKeys,
    /// Logins that have expired.
    Logins,
    /// Live logs of sessions that ended.
    LiveLogs,
    /// Files of payloads that no event names.
    PayloadFiles,
    /// Payloads of the events of sessions that ended longer ago than they are kept.
    EventPayloads,
}

impl Disused {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequestKeys => "request_keys",
            Self::Logins => "logins",
            Self::LiveLogs => "live_logs",
            Self::PayloadFiles => "payload_files",
            Self::EventPayloads => "event_payloads",
        }
    }
}

/// How much of something there is to prune, or was pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Of what.
    pub of: Disused,
    /// How many.
    pub count: u64,
    /// Bytes they hold.
    pub bytes: u64,
}

/// What pruning works on.
pub(crate) struct Keeper<'k> {
    pub(crate) folder: &'k DataFolder,
    pub(crate) writer: &'k Writer,
    pub(crate) readers: &'k Readers,
    pub(crate) statements: &'k Statements,
    pub(crate) stopping: &'k CancellationToken,
}

impl Keeper<'_> {
    async fn reader(&self) -> Result<Reader, StoreError> {
        self.readers.take(self.statements.clone()).await
    }

    /// Removes what is to go; what that was.
    async fn prune(&self, kept: Retention, now: UnixMillis) -> Result<Vec<Amount>, StoreError> {
        let mut pruned = Vec::new();
        for expiring in rows::EXPIRING {
            pruned.push(rows::remove(self, expiring, now).await?);
        }
        pruned.push(files::remove_logs(self, kept, now).await?);
        pruned.push(files::remove_payloads(self, now).await?);
        pruned.extend(events::erase(self, kept, now).await?);
        Ok(pruned)
    }
}

impl Store {
    /// Removes what is of no more use, beside everything else that runs; what that was.
    ///
    /// # Errors
    /// See [`StoreError`]. What was removed before stays removed, and the next time goes on.
    pub async fn prune(&self, kept: Retention) -> Result<Vec<Amount>, StoreError> {
        self.keeper().prune(kept, self.now()).await
    }
}
