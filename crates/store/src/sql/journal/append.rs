//! An append: fence, events and projections in one transaction.

use std::error::Error;

use tracing::warn;
use weald_domain::{
    event::StreamOrigin,
    id::{ConversationId, SessionId, StreamId, UserId, WorkspaceId},
    ports::{Append, AppendError, Appended, Lease, StoreError},
};

use super::{project, session_origin};
use crate::{
    fail_points,
    sql::{
        Read, Row, Sql,
        column::{self, to_int},
        events::{self, Place, PrepareError, Prepared},
        sql,
        tx::Tx,
    },
    store::Store,
};

impl Store {
    pub(super) async fn append_to_session(
        &self,
        mut append: Append,
    ) -> Result<Appended, AppendError> {
        let stream = StreamId::from(append.lease.session_id);
        let boundary = if append.events.is_empty() {
            fail_points::CHECKPOINT
        } else {
            fail_points::APPEND
        };
        let events = std::mem::take(&mut append.events);
        let events = events::prepare(&self.0.blobs, stream, events)
            .await
            .map_err(|e| match e {
                PrepareError::TooLarge => AppendError::TooLarge,
                PrepareError::Store(e) => AppendError::Store(e),
            })?;
        let me = self.0.incarnation.clone();
        let fenced = self
            .0
            .writer
            .write(boundary, move |tx| Box::pin(apply(tx, append, events, me)))
            .await;
        if matches!(fenced, Err(AppendError::Fenced)) {
            self.bring_readers_up(SessionId(stream.0)).await;
        }
        fenced
    }

    /// Readers of a session that is not ours any more learn how far it has come: an append before
    /// may have been committed without an answer, and then nobody told them.
    async fn bring_readers_up(&self, session: SessionId) {
        let registry = &self.0.bus.registry;
        let channel = registry.get(session);
        registry.release(session);
        let Some(channel) = channel else {
            return;
        };
        match self.standing(session).await {
            Ok(Some(standing)) => channel.reached(standing.head_seq, standing.is_terminal),
            Ok(None) => {}
            Err(error) => {
                let error = &error as &dyn Error;
                warn!(session.id = %session, error, "readers of session {session} may lag behind");
            }
        }
    }
}

/// The stream of a session, as its appends need it.
pub(super) struct StreamRow {
    pub(super) session: SessionId,
    pub(super) workspace: WorkspaceId,
    pub(super) owner: UserId,
    pub(super) conversation: ConversationId,
    agent_id: Option<String>,
}

impl StreamRow {
    pub(super) fn origin(&self) -> StreamOrigin {
        session_origin(
            self.session,
            self.workspace,
            self.conversation,
            self.agent_id.clone(),
        )
    }
}

impl Read for StreamRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            session: column::id(row, "id")?,
            workspace: column::id(row, "workspace_id")?,
            owner: column::id(row, "owner_id")?,
            conversation: column::id(row, "conversation_id")?,
            agent_id: column::opt_text(row, "agent_id")?,
        })
    }
}

async fn apply(
    tx: &mut Tx,
    append: Append,
    events: Vec<Prepared>,
    me: String,
) -> Result<Appended, AppendError> {
    let lease = append.lease;
    let head_seq = lease.head_seq + events.len() as u64;
    let Some(stream) = fence(tx, lease, head_seq, append.at.0, me).await? else {
        return Err(AppendError::Fenced);
    };
    let origin = stream.origin();
    for (seq, event) in (lease.head_seq + 1..).zip(events) {
        let place = Place {
            seq,
            epoch: lease.epoch,
            at: append.at,
            user_id: None,
            conversation_id: None,
        };
        events::append(tx, &origin, place, event);
    }
    let mut runnable = false;
    for write in append.writes {
        runnable |= project::write(tx, &stream, head_seq, write).await?;
    }
    Ok(Appended {
        lease: Lease { head_seq, ..lease },
        runnable,
    })
}

/// Moves the head; `None` when somebody else holds the stream.
async fn fence(
    tx: &mut Tx,
    lease: Lease,
    head_seq: u64,
    at: i64,
    me: String,
) -> Result<Option<StreamRow>, StoreError> {
    tx.one(
        sql("UPDATE stream SET head_seq = ?, updated_at = ?
             WHERE id = ? AND epoch = ? AND head_seq = ? AND owner_incarnation = ?
                AND status = 'running'
             RETURNING id, workspace_id, owner_id, conversation_id, agent_id")
        .bind(to_int(head_seq))
        .bind(at)
        .bind(lease.session_id)
        .bind(to_int(lease.epoch))
        .bind(to_int(lease.head_seq))
        .bind(me),
    )
    .await
}
