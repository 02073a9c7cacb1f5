//! The store as each of its ports.

use std::sync::Arc;

use weald_domain::ports::{
    Approvals, Assets, Blobs, Conversations, Feed, Folders, Identity, Inbox, Journal, LiveLog,
    Presets, Projects, Providers, RequestKeys, SecretStore, SessionStreams, Sessions, Settings,
    Workspaces,
};

use crate::store::Store;

macro_rules! handed_out {
    ($($(#[$doc:meta])* $name:ident: $port:ident),+ $(,)?) => {
        impl Store {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Arc<dyn $port> {
                Arc::new(self.clone())
            })+

            /// Bytes by name.
            #[must_use]
            pub fn blobs(&self) -> Arc<dyn Blobs> {
                Arc::new(self.0.blobs.clone())
            }

            /// Secret values.
            #[must_use]
            pub fn secrets(&self) -> Arc<dyn SecretStore> {
                Arc::new(self.0.secrets.clone())
            }
        }
    };
}

handed_out! {
    /// Approvals and grants.
    approvals: Approvals,
    /// Assets as rows.
    assets: Assets,
    /// Conversations and messages.
    conversations: Conversations,
    /// The feed of the deployment.
    feed: Feed,
    /// Folders.
    folders: Folders,
    /// Users and credentials.
    identity: Identity,
    /// The inboxes of sessions.
    inbox: Inbox,
    /// The journal.
    journal: Journal,
    /// The live logs.
    live_log: LiveLog,
    /// Presets.
    presets: Presets,
    /// Projects.
    projects: Projects,
    /// Providers and models.
    providers: Providers,
    /// Request keys.
    request_keys: RequestKeys,
    /// Sessions as rows.
    sessions: Sessions,
    /// The streams of sessions.
    session_streams: SessionStreams,
    /// Settings of users.
    settings: Settings,
    /// Workspaces.
    workspaces: Workspaces,
}
