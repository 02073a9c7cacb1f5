//! Message rows.

use weald_domain::{
    id::{UserId, WorkspaceId},
    message::Message,
    ports::StoreError,
};

use super::{
    Read, Row, Sql,
    column::{self, to_json, to_name},
    sql,
    tx::Tx,
};

impl Read for Message {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            conversation_id: column::id(row, "conversation_id")?,
            parent_id: column::opt_id(row, "parent_id")?,
            session_id: column::opt_id(row, "session_id")?,
            role: column::named(row, "role")?,
            parts: column::json(row, "parts")?,
            metadata: column::json(row, "metadata")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

/// A message with the workspace that decides who may see it.
pub(crate) struct OwnedMessage {
    pub(crate) workspace: WorkspaceId,
    pub(crate) message: Message,
}

impl Read for OwnedMessage {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            workspace: column::id(row, "workspace_id")?,
            message: Message::read(row)?,
        })
    }
}

/// Inserts a node of the tree.
pub(crate) async fn insert(
    tx: &mut Tx,
    message: &Message,
    workspace: WorkspaceId,
    owner: UserId,
) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO message (id, workspace_id, owner_id, conversation_id, parent_id,
                session_id, role, parts, metadata, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(message.id)
        .bind(workspace)
        .bind(owner)
        .bind(message.conversation_id)
        .bind(message.parent_id)
        .bind(message.session_id)
        .bind(to_name(&message.role)?)
        .bind(to_json(&message.parts)?)
        .bind(to_json(&message.metadata)?)
        .bind(message.created_at.0)
        .bind(message.updated_at.0),
    )
    .await?;
    Ok(())
}
