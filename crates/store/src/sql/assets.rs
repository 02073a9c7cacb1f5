//! Assets as rows.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    asset::Asset,
    id::{AssetId, ConversationId},
    ports::{Assets, StoreError},
};

use super::{
    Read, Row, Sql,
    column::{self, to_int, to_name},
    sql,
    tx::Tx,
};
use crate::store::Store;

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, owner_id, conversation_id, message_id, kind, mime_type,
                relative_path, size_bytes, sha256, created_at
             FROM asset ",
            $rest
        )
    };
}

impl Read for Asset {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            conversation_id: column::opt_id(row, "conversation_id")?,
            message_id: column::opt_id(row, "message_id")?,
            kind: column::named(row, "kind")?,
            mime_type: column::text(row, "mime_type")?,
            relative_path: column::text(row, "relative_path")?,
            size_bytes: column::count(row, "size_bytes")?,
            sha256: column::text(row, "sha256")?,
            created_at: column::millis(row, "created_at")?,
        })
    }
}

/// Writes one asset.
pub(super) async fn insert(tx: &mut Tx, asset: &Asset) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO asset (id, workspace_id, owner_id, conversation_id, message_id, kind,
                mime_type, relative_path, size_bytes, sha256, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(asset.id)
        .bind(asset.workspace_id)
        .bind(asset.owner_id)
        .bind(asset.conversation_id)
        .bind(asset.message_id)
        .bind(to_name(&asset.kind)?)
        .bind(asset.mime_type.clone())
        .bind(asset.relative_path.clone())
        .bind(to_int(asset.size_bytes))
        .bind(asset.sha256.clone())
        .bind(asset.created_at.0),
    )
    .await?;
    Ok(())
}

/// All assets of a conversation.
pub(super) async fn of_conversation(
    tx: &mut Tx,
    id: ConversationId,
) -> Result<Vec<Asset>, StoreError> {
    tx.all(sql(columns!("WHERE conversation_id = ?")).bind(id))
        .await
}

#[async_trait]
impl Assets for Store {
    async fn get(&self, access: &Access, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let found = sql(columns!("WHERE id = ?")).bind(id);
        let asset: Option<Asset> = self.reader().await?.one(found).await?;
        Ok(asset.filter(|asset| access.may_read(asset.workspace_id)))
    }
}
