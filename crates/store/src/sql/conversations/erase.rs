//! Deleting conversations: their rows go, the payloads of their events are erased, and the
//! skeletons of the events stay, so that the feed keeps its order and its hashes.

use weald_domain::{
    access::Access,
    asset::Asset,
    conversation::Conversation,
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{ConversationId, SessionId},
    ports::{Blobs as _, DeleteError, StoreError},
    time::UnixMillis,
};

use super::BY_ID;
use crate::{
    blobs::blocking,
    bus::Outgoing,
    fail_points,
    live::remove_log,
    sql::{Read, Row, Sql, assets, column, edits, events, lock::Lock, sessions, sql, tx::Tx},
    store::Store,
};

/// What was erased, and whose files remain to be removed.
#[derive(Default)]
pub(crate) struct Erased {
    sessions: Vec<SessionId>,
    assets: Vec<Asset>,
}

impl Erased {
    /// Takes what else was erased along.
    pub(crate) fn add(&mut self, more: Self) {
        self.sessions.extend(more.sessions);
        self.assets.extend(more.assets);
    }
}

struct Id(SessionId);

impl Read for Id {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

impl Store {
    pub(super) async fn delete_conversation(
        &self,
        access: &Access,
        id: ConversationId,
        at: UnixMillis,
    ) -> Result<bool, DeleteError> {
        let access = access.clone();
        let erased = self
            .0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { delete(tx, &access, id, at).await })
            })
            .await?;
        let Some(erased) = erased else {
            return Ok(false);
        };
        self.remove_files(erased).await?;
        Ok(true)
    }

    /// Removes the files of what is gone: live logs, blobs of events, assets.
    pub(crate) async fn remove_files(&self, erased: Erased) -> Result<(), StoreError> {
        for asset in erased.assets {
            self.0.blobs.delete(&asset.blob()).await?;
        }
        for session in erased.sessions {
            let log = self.0.folder.live_log(session);
            blocking(move || remove_log(&log)).await?;
            let blobs = events::blob_folder(session.into());
            self.0.blobs.delete_all(&blobs).await?;
        }
        Ok(())
    }
}

async fn delete(
    tx: &mut Tx,
    access: &Access,
    id: ConversationId,
    at: UnixMillis,
) -> Result<Option<Erased>, DeleteError> {
    tx.lock(Lock::WorkspaceOfConversation(id)).await?;
    let row: Option<Conversation> = tx.one(sql(BY_ID).bind(id)).await?;
    let Some(row) = row.filter(|c| access.may_write(c.workspace_id)) else {
        return Ok(None);
    };
    let busy = sessions::any_active(tx, sessions::ACTIVE_IN_CONVERSATION, id).await?;
    if let Some(active) = busy {
        return Err(DeleteError::Busy(active));
    }
    let erased = erase(tx, id).await?;
    let event = EditEvent {
        thing: Thing::Conversation,
        change: Change::Deleted,
        id: id.to_string(),
        fields: Vec::new(),
        by: Some(access.user_id),
    };
    let home = edits::Home::Conversation(row.workspace_id, id);
    edits::append(tx, home, event, at).await?;
    Ok(Some(erased))
}

/// Erases one conversation.
pub(crate) async fn erase(tx: &mut Tx, id: ConversationId) -> Result<Erased, StoreError> {
    let assets = assets::of_conversation(tx, id).await?;
    let sessions: Vec<Id> = tx
        .all(sql("SELECT id FROM stream WHERE conversation_id = ?").bind(id))
        .await?;
    for text in [
        "UPDATE event SET payload = NULL, blob_ref = NULL
         WHERE stream_id IN (SELECT id FROM stream WHERE conversation_id = ?)",
        "DELETE FROM step
         WHERE stream_id IN (SELECT id FROM stream WHERE conversation_id = ?)",
        "DELETE FROM inbox
         WHERE stream_id IN (SELECT id FROM stream WHERE conversation_id = ?)",
        "DELETE FROM snapshot
         WHERE stream_id IN (SELECT id FROM stream WHERE conversation_id = ?)",
        "DELETE FROM request_key
         WHERE session_id IN (SELECT id FROM stream WHERE conversation_id = ?)",
        "DELETE FROM asset WHERE conversation_id = ?",
        "DELETE FROM \"grant\" WHERE conversation_id = ?",
        "DELETE FROM conversation WHERE id = ?",
    ] {
        tx.execute(sql(text).bind(id)).await?;
    }
    let sessions: Vec<_> = sessions.into_iter().map(|Id(id)| id).collect();
    tx.publish(Outgoing::Erased(sessions.clone()));
    Ok(Erased { sessions, assets })
}
