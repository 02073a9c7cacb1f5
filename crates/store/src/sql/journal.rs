//! The journal: begin, append, claim and lease of the streams of sessions.

mod append;
mod begin;
mod claim;
mod project;

use async_trait::async_trait;
use weald_domain::{
    event::{EVENT_FORMAT, StreamOrigin, Topic},
    id::{ConversationId, SessionId, StreamId, WorkspaceId},
    ports::{
        Append, AppendError, Appended, BeginError, Begun, Claimed, Journal, Lease, NewRun,
        StoreError, Waiting,
    },
    time::UnixMillis,
};

use crate::store::{LEASE, Store};

/// This process as the owner of a stream.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    node: String,
    incarnation: String,
    lease_until: UnixMillis,
}

impl Store {
    fn as_owner(&self) -> Owner {
        let lease = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        Owner {
            node: self.0.node.to_string(),
            incarnation: self.0.incarnation.clone(),
            lease_until: self.now().plus_millis(lease),
        }
    }
}

/// The newest event format this build reads.
pub(crate) fn format() -> i64 {
    i64::from(EVENT_FORMAT)
}

/// The origin of a session's stream.
pub(crate) fn session_origin(
    session: SessionId,
    workspace: WorkspaceId,
    conversation: ConversationId,
    agent_id: Option<String>,
) -> StreamOrigin {
    StreamOrigin {
        stream_id: StreamId::from(session),
        topic: Topic::Session(session),
        workspace_id: Some(workspace),
        conversation_id: Some(conversation),
        session_id: Some(session),
        agent_id,
    }
}

#[async_trait]
impl Journal for Store {
    async fn begin(&self, run: NewRun) -> Result<Begun, BeginError> {
        self.begin_session(run).await
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.append_to_session(append).await
    }

    async fn claim(&self, session: SessionId) -> Result<Option<Claimed>, StoreError> {
        self.claim_session(session).await
    }

    async fn seize(&self, session: SessionId) -> Result<Option<Lease>, StoreError> {
        self.seize_session(session).await
    }

    async fn abandon(&self, session: SessionId) -> Result<(), StoreError> {
        self.abandon_session(session).await
    }

    async fn waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        self.waiting_sessions().await
    }

    async fn renew(&self) -> Result<Vec<SessionId>, StoreError> {
        self.renew_leases().await
    }
}
