//! Folders: nested groups of conversations.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    conversation::{Folder, FolderPatch},
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{FolderId, UserId, WorkspaceId},
    ports::{Folders, Page, PageRequest, StoreError},
    time::UnixMillis,
};

use super::{Read, Row, Sql, column, edits, lock::Lock, page, sql, tx::Tx};
use crate::{fail_points, store::Store};

const BY_ID: &str = "SELECT id, workspace_id, owner_id, parent_id, name, position, created_at,
    updated_at FROM folder WHERE id = ?";

impl Read for Folder {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            parent_id: column::opt_id(row, "parent_id")?,
            name: column::text(row, "name")?,
            position: column::int(row, "position")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

async fn get(conn: &mut impl Sql, id: FolderId) -> Result<Option<Folder>, StoreError> {
    conn.one(sql(BY_ID).bind(id)).await
}

async fn noted(
    tx: &mut Tx,
    folder: &Folder,
    change: Change,
    fields: Vec<String>,
    by: UserId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let event = EditEvent {
        thing: Thing::Folder,
        change,
        id: folder.id.to_string(),
        fields,
        by: Some(by),
    };
    edits::append(tx, edits::Home::Workspace(folder.workspace_id), event, at).await
}

/// Whether `parent` may hold `id`: in the same workspace, and not below `id` itself.
async fn may_hold(
    tx: &mut Tx,
    parent: FolderId,
    id: FolderId,
    workspace: WorkspaceId,
) -> Result<bool, StoreError> {
    let mut seen = std::collections::HashSet::new();
    let mut at = Some(parent);
    while let Some(folder) = at {
        if folder == id || !seen.insert(folder) {
            return Ok(false);
        }
        match get(tx, folder).await? {
            Some(row) if row.workspace_id == workspace => at = row.parent_id,
            Some(_) | None => return Ok(false),
        }
    }
    Ok(true)
}

async fn create(tx: &mut Tx, folder: &Folder, by: UserId) -> Result<bool, StoreError> {
    tx.lock(Lock::Workspace(folder.workspace_id)).await?;
    if let Some(parent) = folder.parent_id
        && !may_hold(tx, parent, folder.id, folder.workspace_id).await?
    {
        return Ok(false);
    }
    tx.execute(
        sql(
            "INSERT INTO folder (id, workspace_id, owner_id, parent_id, name, position,
                created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(folder.id)
        .bind(folder.workspace_id)
        .bind(folder.owner_id)
        .bind(folder.parent_id)
        .bind(folder.name.clone())
        .bind(folder.position)
        .bind(folder.created_at.0)
        .bind(folder.updated_at.0),
    )
    .await?;
    noted(
        tx,
        folder,
        Change::Created,
        Vec::new(),
        by,
        folder.created_at,
    )
    .await?;
    Ok(true)
}

async fn update(
    tx: &mut Tx,
    access: &Access,
    id: FolderId,
    patch: FolderPatch,
    at: UnixMillis,
) -> Result<Option<Folder>, StoreError> {
    tx.lock(Lock::WorkspaceOfFolder(id)).await?;
    let Some(mut folder) = get(tx, id)
        .await?
        .filter(|f| access.may_write(f.workspace_id))
    else {
        return Ok(None);
    };
    let mut fields = Vec::new();
    if let Some(name) = patch.name {
        folder.name = name;
        fields.push("name".to_owned());
    }
    if let Some(parent) = patch.parent_id {
        if let Some(parent) = parent
            && !may_hold(tx, parent, id, folder.workspace_id).await?
        {
            return Ok(None);
        }
        folder.parent_id = parent;
        fields.push("parent_id".to_owned());
    }
    if let Some(position) = patch.position {
        folder.position = position;
        fields.push("position".to_owned());
    }
    if fields.is_empty() {
        return Ok(Some(folder));
    }
    folder.updated_at = folder.updated_at.max(at);
    tx.execute(
        sql("UPDATE folder SET name = ?, parent_id = ?, position = ?, updated_at = ? WHERE id = ?")
            .bind(folder.name.clone())
            .bind(folder.parent_id)
            .bind(folder.position)
            .bind(folder.updated_at.0)
            .bind(id),
    )
    .await?;
    noted(tx, &folder, Change::Updated, fields, access.user_id, at).await?;
    Ok(Some(folder))
}

async fn delete(
    tx: &mut Tx,
    access: &Access,
    id: FolderId,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    tx.lock(Lock::WorkspaceOfFolder(id)).await?;
    let Some(folder) = get(tx, id)
        .await?
        .filter(|f| access.may_write(f.workspace_id))
    else {
        return Ok(false);
    };
    let parent = folder.parent_id;
    for text in [
        "UPDATE folder SET parent_id = ?, updated_at = ? WHERE parent_id = ?",
        "UPDATE conversation SET folder_id = ?1,
            updated_at = CASE WHEN updated_at > ?2 THEN updated_at ELSE ?2 END
         WHERE folder_id = ?3",
    ] {
        let statement = sql(text).bind(parent).bind(at.0);
        tx.execute(statement.bind(id)).await?;
    }
    tx.execute(sql("DELETE FROM folder WHERE id = ?").bind(id))
        .await?;
    noted(tx, &folder, Change::Deleted, Vec::new(), access.user_id, at).await?;
    Ok(true)
}

#[async_trait]
impl Folders for Store {
    async fn create(&self, access: &Access, folder: Folder) -> Result<bool, StoreError> {
        if !access.may_write(folder.workspace_id) {
            return Ok(false);
        }
        let by = access.user_id;
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { create(tx, &folder, by).await })
            })
            .await
    }

    async fn list(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        request: PageRequest,
    ) -> Result<Page<Folder>, StoreError> {
        let after: Option<(i64, FolderId)> = page::after(&request)?;
        if !access.may_read(workspace) {
            return Ok(page::page(Vec::new(), &request, |_: &Folder| ()));
        }
        let folders = self
            .reader()
            .await?
            .all(
                sql(
                    "SELECT id, workspace_id, owner_id, parent_id, name, position, created_at,
                        updated_at
                     FROM folder
                     WHERE workspace_id = ?1 AND (?2 IS NULL OR (position, id) > (?2, ?3))
                     ORDER BY position, id LIMIT ?4",
                )
                .bind(workspace)
                .bind(after.map(|(position, _)| position))
                .bind(after.map(|(_, id)| id))
                .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(folders, &request, |folder: &Folder| {
            (folder.position, folder.id)
        }))
    }

    async fn get(&self, access: &Access, id: FolderId) -> Result<Option<Folder>, StoreError> {
        let folder = get(&mut self.reader().await?, id).await?;
        Ok(folder.filter(|f| access.may_read(f.workspace_id)))
    }

    async fn update(
        &self,
        access: &Access,
        id: FolderId,
        patch: FolderPatch,
        at: UnixMillis,
    ) -> Result<Option<Folder>, StoreError> {
        let access = access.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { update(tx, &access, id, patch, at).await })
            })
            .await
    }

    async fn delete(
        &self,
        access: &Access,
        id: FolderId,
        at: UnixMillis,
    ) -> Result<bool, StoreError> {
        let access = access.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { delete(tx, &access, id, at).await })
            })
            .await
    }
}
