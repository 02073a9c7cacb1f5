//! Conversation rows and the trees of their messages.

mod edit;
pub(crate) mod erase;
mod tree;

use async_trait::async_trait;
use serde_json::Value;
use weald_domain::{
    access::Access,
    conversation::{BranchItem, Conversation, ConversationEntry, ConversationPatch},
    id::{ConversationId, MessageId, SessionId, WorkspaceId},
    message::Message,
    metadata,
    ports::{ConversationFilter, Conversations, DeleteError, Page, PageRequest, StoreError},
    time::UnixMillis,
};

use super::{
    Read, Row, Sql,
    column::{self, to_json, to_name},
    messages::OwnedMessage,
    page,
    sessions::{live_status, readable},
    sql,
    tx::Tx,
};
use crate::store::Store;

/// Rows read at once while a metadata filter looks for matches.
const SCAN: i64 = 200;

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.workspace_id, c.owner_id, c.folder_id, c.title, c.status,
                c.default_preset_id, c.project_ids, c.settings, c.selected_leaf_id, c.metadata,
                c.created_at, c.updated_at, a.id AS active_id, st.status AS active_status
             FROM conversation c
             LEFT JOIN session a ON a.conversation_id = c.id AND a.status = 'created'
                AND a.session_type = 'agent'
             LEFT JOIN stream st ON st.id = a.id ",
            $rest
        )
    };
}

/// Lists conversations of several workspaces, the newest first.
const LIST: &str = columns!(
    "WHERE c.workspace_id IN (SELECT value FROM json_each(?1))
        AND (?2 IS NULL OR c.workspace_id = ?2)
        AND (?3 IS NULL OR c.folder_id = ?3)
        AND (?4 IS NULL OR c.status = ?4)
        AND (?5 IS NULL OR (c.updated_at, c.id) < (?5, ?6))
     ORDER BY c.updated_at DESC, c.id DESC LIMIT ?7"
);
/// Lists conversations of one workspace in the order of its index, which nobody has to sort.
const LIST_OF_WORKSPACE: &str = columns!(
    "WHERE ?2 IN (SELECT value FROM json_each(?1))
        AND c.workspace_id = ?2
        AND (?3 IS NULL OR c.folder_id = ?3)
        AND (?4 IS NULL OR c.status = ?4)
        AND (?5 IS NULL OR (c.updated_at, c.id) < (?5, ?6))
     ORDER BY c.updated_at DESC, c.id DESC LIMIT ?7"
);

/// Reads one conversation by its id.
pub(super) const BY_ID: &str = columns!("WHERE c.id = ?");

impl Read for Conversation {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            folder_id: column::opt_id(row, "folder_id")?,
            title: column::opt_text(row, "title")?,
            status: column::named(row, "status")?,
            default_preset_id: column::opt_parsed(row, "default_preset_id")?,
            project_ids: column::json(row, "project_ids")?,
            settings: column::json(row, "settings")?,
            selected_leaf_id: column::opt_id(row, "selected_leaf_id")?,
            metadata: column::json(row, "metadata")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

impl Read for ConversationEntry {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let active: Option<SessionId> = column::opt_id(row, "active_id")?;
        let status = column::opt_text(row, "active_status")?;
        Ok(Self {
            conversation: Conversation::read(row)?,
            active: active.map(|id| (id, live_status(status.as_deref().unwrap_or_default()))),
        })
    }
}

/// Inserts a conversation.
pub(crate) async fn insert(tx: &mut Tx, conversation: &Conversation) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO conversation (id, workspace_id, owner_id, folder_id, title, status,
                default_preset_id, project_ids, settings, selected_leaf_id, metadata, created_at,
                updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(conversation.id)
        .bind(conversation.workspace_id)
        .bind(conversation.owner_id)
        .bind(conversation.folder_id)
        .bind(conversation.title.clone())
        .bind(to_name(&conversation.status)?)
        .bind(
            conversation
                .default_preset_id
                .as_ref()
                .map(ToString::to_string),
        )
        .bind(to_json(&conversation.project_ids)?)
        .bind(to_json(&conversation.settings)?)
        .bind(conversation.selected_leaf_id)
        .bind(to_json(&conversation.metadata)?)
        .bind(conversation.created_at.0)
        .bind(conversation.updated_at.0),
    )
    .await?;
    Ok(())
}

struct Found;

impl Read for Found {
    fn read(_: &Row) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

/// Whether a conversation is there, in this workspace.
pub(crate) async fn exists(
    tx: &mut Tx,
    id: ConversationId,
    workspace: WorkspaceId,
) -> Result<bool, StoreError> {
    let found: Option<Found> = tx
        .one(
            sql("SELECT id FROM conversation WHERE id = ? AND workspace_id = ?")
                .bind(id)
                .bind(workspace),
        )
        .await?;
    Ok(found.is_some())
}

/// Makes a message the selected leaf of its conversation, which was thereby used.
pub(crate) async fn select_leaf(
    tx: &mut Tx,
    conversation: ConversationId,
    leaf: MessageId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    tx.execute(
        sql("UPDATE conversation SET selected_leaf_id = ?1,
                updated_at = CASE WHEN updated_at > ?2 THEN updated_at ELSE ?2 END
             WHERE id = ?3")
        .bind(leaf)
        .bind(at.0)
        .bind(conversation),
    )
    .await?;
    Ok(())
}

/// The workspace of a reader who has no other.
fn only(access: &Access) -> Option<WorkspaceId> {
    let mut all = access.workspaces.keys();
    all.next().copied().filter(|_| all.next().is_none())
}

/// Sort key of a list: last activity, then id.
type Key = (i64, ConversationId);

fn key(entry: &ConversationEntry) -> Key {
    (entry.conversation.updated_at.0, entry.conversation.id)
}

fn matches(entry: &ConversationEntry, wanted: Option<&Value>) -> bool {
    wanted.is_none_or(|wanted| {
        metadata::contains(&Value::Object(entry.conversation.metadata.clone()), wanted)
    })
}

#[async_trait]
impl Conversations for Store {
    async fn list(
        &self,
        access: &Access,
        filter: &ConversationFilter,
        request: PageRequest,
    ) -> Result<Page<ConversationEntry>, StoreError> {
        let mut after: Option<Key> = page::after(&request)?;
        let wanted = filter.metadata.as_ref();
        let one = filter.workspace_id.or_else(|| only(access));
        let fetch = page::fetch(&request);
        let step = if wanted.is_some() { SCAN } else { fetch };
        let mut reader = self.reader().await?;
        let mut items: Vec<ConversationEntry> = Vec::new();
        loop {
            let rows: Vec<ConversationEntry> = reader
                .all(
                    sql(if one.is_some() {
                        LIST_OF_WORKSPACE
                    } else {
                        LIST
                    })
                    .bind(readable(access))
                    .bind(one)
                    .bind(filter.folder_id)
                    .bind(filter.status.as_ref().map(to_name).transpose()?)
                    .bind(after.map(|(at, _)| at))
                    .bind(after.map(|(_, id)| id))
                    .bind(step),
                )
                .await?;
            let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) == step;
            after = rows.last().map(key);
            items.extend(rows.into_iter().filter(|entry| matches(entry, wanted)));
            let full = i64::try_from(items.len()).unwrap_or(i64::MAX) >= fetch;
            if full || !more {
                return Ok(page::page(items, &request, key));
            }
        }
    }

    async fn get(
        &self,
        access: &Access,
        id: ConversationId,
    ) -> Result<Option<ConversationEntry>, StoreError> {
        let entry: Option<ConversationEntry> =
            self.reader().await?.one(sql(BY_ID).bind(id)).await?;
        Ok(entry.filter(|entry| access.may_read(entry.conversation.workspace_id)))
    }

    async fn update(
        &self,
        access: &Access,
        id: ConversationId,
        patch: ConversationPatch,
        at: UnixMillis,
    ) -> Result<Option<Conversation>, StoreError> {
        self.update_conversation(access, id, patch, at).await
    }

    async fn delete(
        &self,
        access: &Access,
        id: ConversationId,
        at: UnixMillis,
    ) -> Result<bool, DeleteError> {
        self.delete_conversation(access, id, at).await
    }

    async fn branch(
        &self,
        access: &Access,
        id: ConversationId,
        leaf: Option<MessageId>,
    ) -> Result<Option<Vec<BranchItem>>, StoreError> {
        self.branch_of(access, id, leaf).await
    }

    async fn message(&self, access: &Access, id: MessageId) -> Result<Option<Message>, StoreError> {
        let row: Option<OwnedMessage> = self
            .reader()
            .await?
            .one(
                sql(
                    "SELECT id, workspace_id, conversation_id, parent_id, session_id, role, parts,
                        metadata, created_at, updated_at
                     FROM message WHERE id = ?",
                )
                .bind(id),
            )
            .await?;
        Ok(row
            .filter(|row| access.may_read(row.workspace))
            .map(|row| row.message))
    }

    async fn context(&self, leaf: MessageId) -> Result<Vec<Message>, StoreError> {
        tree::path(&mut self.reader().await?, leaf).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::migrate::plan;

    #[tokio::test]
    async fn the_newest_conversations_of_a_workspace_need_no_sorting() {
        let steps = plan(LIST_OF_WORKSPACE).await;
        assert!(
            steps.contains("conversation_recent (workspace_id=?)"),
            "{steps}"
        );
        assert!(!steps.contains("TEMP B-TREE"), "{steps}");
    }
}
