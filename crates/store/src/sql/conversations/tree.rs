//! Paths through the tree of a conversation's messages.

use std::collections::HashMap;

use weald_domain::{
    access::Access,
    conversation::{BranchItem, Conversation},
    id::{ConversationId, MessageId},
    message::Message,
    ports::StoreError,
};

use super::BY_ID;
use crate::{
    sql::{Read, Row, Sql, column, sql},
    store::Store,
};

/// Deepest path that is read; a cycle, which only damaged data can hold, ends there.
const DEPTH_MAX: i64 = 100_000;

/// The messages root → `leaf`, oldest first.
pub(super) async fn path(
    reader: &mut impl Sql,
    leaf: MessageId,
) -> Result<Vec<Message>, StoreError> {
    reader
        .all(
            sql("WITH RECURSIVE up (id, parent_id, depth) AS (
                    SELECT id, parent_id, 0 FROM message WHERE id = ?1
                    UNION ALL
                    SELECT m.id, m.parent_id, up.depth + 1
                    FROM up JOIN message m ON m.id = up.parent_id WHERE up.depth < ?2
                 )
                 SELECT m.id, m.conversation_id, m.parent_id, m.session_id, m.role, m.parts,
                    m.metadata, m.created_at, m.updated_at
                 FROM up JOIN message m ON m.id = up.id ORDER BY up.depth DESC")
            .bind(leaf)
            .bind(DEPTH_MAX),
        )
        .await
}

struct Child {
    id: MessageId,
    parent_id: Option<MessageId>,
}

impl Read for Child {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            parent_id: column::opt_id(row, "parent_id")?,
        })
    }
}

impl Store {
    pub(super) async fn branch_of(
        &self,
        access: &Access,
        id: ConversationId,
        leaf: Option<MessageId>,
    ) -> Result<Option<Vec<BranchItem>>, StoreError> {
        let mut reader = self.reader().await?;
        let conversation: Option<Conversation> = reader.one(sql(BY_ID).bind(id)).await?;
        let Some(conversation) = conversation.filter(|c| access.may_read(c.workspace_id)) else {
            return Ok(None);
        };
        let Some(wanted) = leaf.or(conversation.selected_leaf_id) else {
            return Ok(Some(Vec::new()));
        };
        let messages = path(&mut reader, wanted).await?;
        if messages
            .last()
            .is_none_or(|leaf| leaf.conversation_id != id)
        {
            return Ok(None);
        }
        let siblings: Vec<Child> = reader
            .all(
                sql("SELECT id, parent_id FROM message
                     WHERE parent_id IN (SELECT value FROM json_each(?1))
                        OR (conversation_id = ?2 AND parent_id IS NULL)
                     ORDER BY id")
                .bind(
                    messages
                        .iter()
                        .filter_map(|m| m.parent_id)
                        .collect::<Vec<_>>(),
                )
                .bind(id),
            )
            .await?;
        let mut children: HashMap<Option<MessageId>, Vec<MessageId>> = HashMap::new();
        for child in siblings {
            children.entry(child.parent_id).or_default().push(child.id);
        }
        Ok(Some(
            messages
                .into_iter()
                .map(|message| {
                    let siblings = children
                        .get(&message.parent_id)
                        .cloned()
                        .unwrap_or_default();
                    let sibling_index = siblings
                        .iter()
                        .position(|id| *id == message.id)
                        .unwrap_or(0);
                    BranchItem {
                        message,
                        siblings,
                        sibling_index,
                    }
                })
                .collect(),
        ))
    }
}
