//! Sessions as rows: the read side. Their writes are journal appends.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::{
    access::Access,
    id::{ConversationId, SessionId},
    message::Message,
    session::{ActiveSession, LiveStatus, Session, SessionStatus, SessionType},
};

/// Which sessions of the reader's workspaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionFilter {
    /// Of one conversation.
    pub conversation_id: Option<ConversationId>,
    /// With one status.
    pub status: Option<SessionStatus>,
    /// Of one type.
    pub session_type: Option<SessionType>,
}

/// Sessions as rows.
#[async_trait]
pub trait Sessions: Send + Sync + 'static {
    /// In time order.
    async fn list(
        &self,
        access: &Access,
        filter: SessionFilter,
        page: PageRequest,
    ) -> Result<Page<Session>, StoreError>;

    /// One session, with its live view while it has not ended.
    async fn get(
        &self,
        access: &Access,
        id: SessionId,
    ) -> Result<Option<(Session, Option<LiveStatus>)>, StoreError>;

    /// The messages a session made, its input first, in time order.
    async fn messages(&self, access: &Access, id: SessionId) -> Result<Vec<Message>, StoreError>;

    /// The active agent session of a conversation, running or parked.
    async fn active(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<ActiveSession>, StoreError>;

    /// The newest committed agent session that made `message`, or of the conversation (D-05).
    async fn latest(&self, conversation: ConversationId) -> Result<Option<SessionId>, StoreError>;
}
