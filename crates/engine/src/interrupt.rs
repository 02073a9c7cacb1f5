//! Interrupting a conversation: what runs is cut, what is parked ends (NB-44, NB-57).

use weald_domain::{
    access::Access,
    id::{ConversationId, SessionId},
    ports::{InboxKind, InboxRow, Posted, StoreError},
};

use crate::{Engine, InterruptError};

impl Engine {
    /// Interrupts the active session of a conversation, running or parked. Idempotent: the answer
    /// is empty when nothing is active.
    ///
    /// # Errors
    /// See [`InterruptError`].
    pub async fn interrupt(
        &self,
        access: &Access,
        conversation: ConversationId,
        reason: Option<String>,
    ) -> Result<Vec<SessionId>, InterruptError> {
        let ports = self.ports();
        let entry = ports.conversations.get(access, conversation).await?;
        let writable = |workspace| access.may_write(workspace);
        if !entry.is_some_and(|entry| writable(entry.conversation.workspace_id)) {
            return Err(InterruptError::NotFound);
        }
        let Some(active) = ports.sessions.active(conversation).await? else {
            return Ok(Vec::new());
        };
        let kind = InboxKind::Interrupt {
            by: Some(access.user_id),
            reason,
        };
        Ok(
            if self.post(active.session_id, kind).await? == Posted::Ended {
                Vec::new()
            } else {
                vec![active.session_id]
            },
        )
    }

    /// Posts to a session's inbox and makes sure that somebody reads it.
    async fn post(&self, session: SessionId, kind: InboxKind) -> Result<Posted, StoreError> {
        let at = self.now();
        let row = InboxRow {
            id: self.id(at),
            kind,
        };
        let posted = self.ports().inbox.post(session, row, at).await?;
        match posted {
            Posted::ToOwner => {
                self.inner.registry.hint(session);
            }
            Posted::Runnable => self.wake(session).await,
            Posted::Ended => {}
        }
        Ok(posted)
    }
}
