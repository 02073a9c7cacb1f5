//! The event of an edit, in the transaction of the edit, in the topic stream of its workspace or
//! of the deployment. A topic stream has no lease: its head is moved by the append itself.

use weald_domain::{
    event::{EditEvent, NewEvent, StreamOrigin, Topic},
    id::{ConversationId, DEPLOYMENT_STREAM, UserId, WorkspaceId},
    ports::StoreError,
    time::UnixMillis,
};

use super::{
    Read, Row, Sql, column,
    events::{self, Place, Prepared},
    sql,
    tx::Tx,
};

/// Which topic stream an edit belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Home {
    /// The stream of a workspace.
    Workspace(WorkspaceId),
    /// The stream of a workspace, about one conversation.
    Conversation(WorkspaceId, ConversationId),
    /// The deployment's stream.
    Deployment,
    /// The deployment's stream, for one user's eyes.
    User(UserId),
}

struct Head(u64);

impl Read for Head {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::count(row, "head_seq").map(Self)
    }
}

/// Appends the event of an edit.
pub(crate) async fn append(
    tx: &mut Tx,
    home: Home,
    event: EditEvent,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let (workspace_id, conversation_id, user_id) = match home {
        Home::Workspace(workspace) => (Some(workspace), None, None),
        Home::Conversation(workspace, about) => (Some(workspace), Some(about), None),
        Home::Deployment => (None, None, None),
        Home::User(user) => (None, None, Some(user)),
    };
    let stream_id = workspace_id.map_or(DEPLOYMENT_STREAM, Into::into);
    let head: Option<Head> = tx
        .one(
            sql(
                "UPDATE stream SET head_seq = head_seq + 1, updated_at = ? WHERE id = ?
                 RETURNING head_seq",
            )
            .bind(at.0)
            .bind(stream_id),
        )
        .await?;
    let Some(Head(seq)) = head else {
        return Err(StoreError::Corrupt {
            what: "a topic stream",
            source: format!("stream {stream_id} is missing").into(),
        });
    };
    let origin = StreamOrigin {
        stream_id,
        topic: workspace_id.map_or(Topic::System, Topic::Workspace),
        workspace_id,
        conversation_id: None,
        session_id: None,
        agent_id: None,
    };
    let event = NewEvent::edit(&event).map_err(|e| StoreError::Corrupt {
        what: "an edit event",
        source: Box::new(e),
    })?;
    let place = Place {
        seq,
        epoch: 0,
        at,
        user_id,
        conversation_id,
    };
    events::append(tx, &origin, place, Prepared::small(event));
    Ok(())
}

/// Makes the topic stream of a workspace, or the deployment's.
pub(crate) async fn create_stream(
    tx: &mut Tx,
    workspace: Option<(WorkspaceId, UserId)>,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let id = workspace.map_or(DEPLOYMENT_STREAM, |(id, _)| id.into());
    tx.execute(
        sql(
            "INSERT INTO stream (id, workspace_id, owner_id, kind, status, format, head_seq,
                epoch, created_at, updated_at)
             VALUES (?, ?, ?, 'topic', 'idle', 1, 0, 0, ?, ?)",
        )
        .bind(id)
        .bind(workspace.map(|(id, _)| id))
        .bind(workspace.map(|(_, owner)| owner))
        .bind(at.0)
        .bind(at.0),
    )
    .await?;
    Ok(())
}
