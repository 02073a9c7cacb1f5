//! Ports: small traits for what the core needs. Adapters implement them; the core names no adapter.

pub mod approvals;
pub mod assets;
pub mod blobs;
pub mod clock;
pub mod conversations;
pub mod identity;
pub mod journal;
pub mod live;
pub mod models;
pub mod presets;
pub mod projects;
pub mod providers;
pub mod request_keys;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod tools;
pub mod workspaces;

pub use approvals::{AnswerError, Approvals, NewAnswer};
pub use assets::Assets;
pub use blobs::Blobs;
pub use clock::{Clock, Ids};
pub use conversations::{ConversationFilter, Conversations, DeleteError, Folders};
pub use identity::{Identity, NewLogin};
pub use journal::{
    Append, AppendError, Appended, BeginError, Begun, Claimed, Inbox, InboxKind, InboxRow, Journal,
    Lease, NewRun, Posted, RunConversation, RunKey, StepStatus, Waiting, Write,
};
pub use live::{
    Feed, FeedFrame, FollowError, Frame, LiveLog, LiveTail, LiveWriter, SessionStreams,
};
pub use models::{ModelStream, Models};
pub use presets::{PresetWriteError, Presets};
pub use projects::{ProjectWriteError, Projects};
pub use providers::{ProviderWriteError, Providers};
pub use request_keys::{KeyState, RequestKeys, StoredResponse};
pub use secrets::{SecretError, SecretStore};
pub use sessions::{SessionFilter, Sessions};
pub use settings::Settings;
pub use tools::{CallContext, Check, ToolAnswer, ToolCall, ToolError, ToolHost};
pub use workspaces::{WorkspaceWriteError, Workspaces};

use crate::BoxError;

/// Storage could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too busy, locked or unreachable: the same call may succeed later (503).
    #[error("storage is unreachable")]
    Unavailable(#[source] BoxError),
    /// The disk or a quota is full (507).
    #[error("storage is full")]
    Full(#[source] BoxError),
    /// A page cursor that this store did not make (400 `bad_cursor`).
    #[error("not a page cursor of this list")]
    BadPage,
    /// Stored data is not what it should be.
    #[error("stored data is corrupt: {what}")]
    Corrupt {
        /// Which data.
        what: &'static str,
        /// Why.
        #[source]
        source: BoxError,
    },
}

/// Which page of a keyset list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageRequest {
    /// `next` of the page before; the first page when none.
    pub after: Option<String>,
    /// Most items; clamped to 1…200 by the caller.
    pub limit: u32,
}

/// One page of a keyset list; a cut list always has a `next`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor of the next page.
    pub next: Option<String>,
}
