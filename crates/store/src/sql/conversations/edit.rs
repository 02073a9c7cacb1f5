//! Changing a conversation.

use weald_domain::{
    access::Access,
    conversation::{Conversation, ConversationPatch},
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{ConversationId, FolderId, WorkspaceId},
    metadata,
    ports::StoreError,
    time::UnixMillis,
};

use super::{BY_ID, Found};
use crate::{
    fail_points,
    sql::{
        Sql,
        column::{to_json, to_name},
        edits,
        lock::Lock,
        sql,
        tx::Tx,
    },
    store::Store,
};

impl Store {
    pub(super) async fn update_conversation(
        &self,
        access: &Access,
        id: ConversationId,
        patch: ConversationPatch,
        at: UnixMillis,
    ) -> Result<Option<Conversation>, StoreError> {
        let access = access.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { update(tx, &access, id, patch, at).await })
            })
            .await
    }
}

async fn update(
    tx: &mut Tx,
    access: &Access,
    id: ConversationId,
    patch: ConversationPatch,
    at: UnixMillis,
) -> Result<Option<Conversation>, StoreError> {
    tx.lock(Lock::WorkspaceOfConversation(id)).await?;
    tx.lock(Lock::Conversation(id)).await?;
    let old: Option<Conversation> = tx.one(sql(BY_ID).bind(id)).await?;
    let Some(old) = old.filter(|c| access.may_write(c.workspace_id)) else {
        return Ok(None);
    };
    if let Some(Some(folder)) = patch.folder_id
        && !has_folder(tx, folder, old.workspace_id).await?
    {
        return Ok(None);
    }
    let (new, fields) = changed(old, patch, at);
    if fields.is_empty() {
        return Ok(Some(new));
    }
    store(tx, &new).await?;
    let event = EditEvent {
        thing: Thing::Conversation,
        change: Change::Updated,
        id: id.to_string(),
        fields,
        by: Some(access.user_id),
    };
    edits::append(
        tx,
        edits::Home::Conversation(new.workspace_id, id),
        event,
        at,
    )
    .await?;
    Ok(Some(new))
}

/// The conversation with a patch laid over it, and the names of the fields it names.
fn changed(
    mut old: Conversation,
    patch: ConversationPatch,
    at: UnixMillis,
) -> (Conversation, Vec<String>) {
    let mut fields = Vec::new();
    let ConversationPatch {
        title,
        status,
        default_preset_id,
        settings,
        metadata: patch,
        folder_id,
    } = patch;
    if let Some(title) = title {
        old.title = title;
        fields.push("title".to_owned());
    }
    if let Some(status) = status {
        old.status = status;
        fields.push("status".to_owned());
    }
    if let Some(preset) = default_preset_id {
        old.default_preset_id = preset;
        fields.push("default_preset_id".to_owned());
    }
    if let Some(settings) = settings {
        old.settings = old.settings.patched(settings);
        fields.push("settings".to_owned());
    }
    if let Some(patch) = patch {
        old.metadata = metadata::merge(old.metadata, patch);
        fields.push("metadata".to_owned());
    }
    if let Some(folder) = folder_id {
        old.folder_id = folder;
        fields.push("folder_id".to_owned());
    }
    if !fields.is_empty() {
        old.updated_at = old.updated_at.max(at);
    }
    (old, fields)
}

async fn has_folder(
    tx: &mut Tx,
    folder: FolderId,
    workspace: WorkspaceId,
) -> Result<bool, StoreError> {
    let found: Option<Found> = tx
        .one(
            sql("SELECT id FROM folder WHERE id = ? AND workspace_id = ?")
                .bind(folder)
                .bind(workspace),
        )
        .await?;
    Ok(found.is_some())
}

async fn store(tx: &mut Tx, new: &Conversation) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE conversation SET title = ?, status = ?, default_preset_id = ?, settings = ?,
                metadata = ?, folder_id = ?, updated_at = ?
             WHERE id = ?",
        )
        .bind(new.title.clone())
        .bind(to_name(&new.status)?)
        .bind(new.default_preset_id.as_ref().map(ToString::to_string))
        .bind(to_json(&new.settings)?)
        .bind(to_json(&new.metadata)?)
        .bind(new.folder_id)
        .bind(new.updated_at.0)
        .bind(new.id),
    )
    .await?;
    Ok(())
}
