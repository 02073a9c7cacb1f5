//! Workspaces, with their members as the root of access.

use async_trait::async_trait;
use weald_domain::{
    access::{Access, WorkspaceRole},
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{ConversationId, UserId, WorkspaceId},
    metadata,
    ports::{Page, PageRequest, StoreError, WorkspaceWriteError, Workspaces},
    time::UnixMillis,
    workspace::{Workspace, WorkspacePatch},
};

use super::{
    Read, Row, Sql,
    column::{self, to_json},
    conversations::erase::{Erased, erase},
    edits, first_start, is_taken,
    lock::Lock,
    page,
    sessions::{self, readable},
    sql,
    tx::Tx,
};
use crate::{fail_points, store::Store};

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.slug, w.owner_id, w.name, w.color, w.project_order,
                w.default_preset_id, w.metadata, w.created_at, w.updated_at
             FROM workspace w ",
            $rest
        )
    };
}

const BY_ID: &str = columns!("WHERE w.id = ?");

/// Lists workspaces, those first in which something happened last.
const LIST: &str = "SELECT u.id, u.slug, u.owner_id, u.name, u.color, u.project_order,
        u.default_preset_id, u.metadata, u.created_at, u.updated_at, u.used_at
     FROM (SELECT t.*, CASE WHEN t.updated_at > t.talked_at THEN t.updated_at
                ELSE t.talked_at END AS used_at
        FROM (SELECT w.*, coalesce((SELECT max(c.updated_at) FROM conversation c
                    WHERE c.workspace_id = w.id), 0) AS talked_at
            FROM workspace w WHERE w.id IN (SELECT value FROM json_each(?1))) t) u
     WHERE ?2 IS NULL OR (u.used_at, u.id) < (?2, ?3)
     ORDER BY u.used_at DESC, u.id DESC LIMIT ?4";

impl Read for Workspace {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            slug: column::parsed(row, "slug")?,
            owner_id: column::id(row, "owner_id")?,
            name: column::text(row, "name")?,
            color: column::opt_text(row, "color")?,
            projects: column::json(row, "project_order")?,
            default_preset_id: column::opt_parsed(row, "default_preset_id")?,
            metadata: column::json(row, "metadata")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

struct Used {
    at: i64,
    workspace: Workspace,
}

impl Read for Used {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            at: column::int(row, "used_at")?,
            workspace: Workspace::read(row)?,
        })
    }
}

struct Inside(ConversationId);

impl Read for Inside {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

/// Inserts a workspace with its owner as member, its topic stream, a preset and its event.
pub(crate) async fn insert(tx: &mut Tx, workspace: &Workspace) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO workspace (id, slug, owner_id, name, color, project_order,
                default_preset_id, metadata, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(workspace.id)
        .bind(workspace.slug.to_string())
        .bind(workspace.owner_id)
        .bind(workspace.name.clone())
        .bind(workspace.color.clone())
        .bind(to_json(&workspace.projects)?)
        .bind(
            workspace
                .default_preset_id
                .as_ref()
                .map(ToString::to_string),
        )
        .bind(to_json(&workspace.metadata)?)
        .bind(workspace.created_at.0)
        .bind(workspace.updated_at.0),
    )
    .await?;
    first_start::furnish(tx, workspace).await?;
    let (id, by, at) = (workspace.id, workspace.owner_id, workspace.created_at);
    noted(tx, id, Change::Created, Vec::new(), by, at).await
}

pub(super) async fn noted(
    tx: &mut Tx,
    id: WorkspaceId,
    change: Change,
    fields: Vec<String>,
    by: UserId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let event = EditEvent {
        thing: Thing::Workspace,
        change,
        id: id.to_string(),
        fields,
        by: Some(by),
    };
    edits::append(tx, edits::Home::Workspace(id), event, at).await
}

/// Reads a workspace in a transaction.
pub(super) async fn get(
    conn: &mut impl Sql,
    id: WorkspaceId,
) -> Result<Option<Workspace>, StoreError> {
    conn.one(sql(BY_ID).bind(id)).await
}

/// Writes what can change of a workspace.
pub(super) async fn store(tx: &mut Tx, workspace: &Workspace) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE workspace SET name = ?, color = ?, project_order = ?, default_preset_id = ?,
                metadata = ?, updated_at = ?
             WHERE id = ?",
        )
        .bind(workspace.name.clone())
        .bind(workspace.color.clone())
        .bind(to_json(&workspace.projects)?)
        .bind(
            workspace
                .default_preset_id
                .as_ref()
                .map(ToString::to_string),
        )
        .bind(to_json(&workspace.metadata)?)
        .bind(workspace.updated_at.0)
        .bind(workspace.id),
    )
    .await?;
    Ok(())
}

fn changed(mut old: Workspace, patch: WorkspacePatch, at: UnixMillis) -> (Workspace, Vec<String>) {
    let WorkspacePatch {
        name,
        color,
        projects,
        default_preset_id,
        metadata: patch,
    } = patch;
    let mut fields = Vec::new();
    if let Some(name) = name {
        old.name = name;
        fields.push("name".to_owned());
    }
    if let Some(color) = color {
        old.color = color;
        fields.push("color".to_owned());
    }
    if let Some(projects) = projects {
        old.projects = projects;
        fields.push("projects".to_owned());
    }
    if let Some(preset) = default_preset_id {
        old.default_preset_id = preset;
        fields.push("default_preset_id".to_owned());
    }
    if let Some(patch) = patch {
        old.metadata = metadata::merge(old.metadata, patch);
        fields.push("metadata".to_owned());
    }
    if !fields.is_empty() {
        old.updated_at = old.updated_at.max(at);
    }
    (old, fields)
}

async fn update(
    tx: &mut Tx,
    access: &Access,
    id: WorkspaceId,
    patch: WorkspacePatch,
    at: UnixMillis,
) -> Result<Option<Workspace>, StoreError> {
    tx.lock(Lock::Workspace(id)).await?;
    let Some(old) = get(tx, id).await?.filter(|w| access.may_write(w.id)) else {
        return Ok(None);
    };
    let (new, fields) = changed(old, patch, at);
    if !fields.is_empty() {
        store(tx, &new).await?;
        noted(tx, id, Change::Updated, fields, access.user_id, at).await?;
    }
    Ok(Some(new))
}

async fn delete(
    tx: &mut Tx,
    access: &Access,
    id: WorkspaceId,
    at: UnixMillis,
) -> Result<Option<Erased>, WorkspaceWriteError> {
    // A person's last two workspaces are not deleted at once.
    tx.lock(Lock::Deployment).await?;
    tx.lock(Lock::Workspace(id)).await?;
    let owned = access.workspaces.get(&id) == Some(&WorkspaceRole::Owner);
    if !owned || get(tx, id).await?.is_none() {
        return Ok(None);
    }
    let busy = sessions::any_active(tx, sessions::ACTIVE_IN_WORKSPACE, id).await?;
    if let Some(active) = busy {
        return Err(WorkspaceWriteError::Busy(active));
    }
    let others: Vec<Member> = tx
        .all(
            sql("SELECT workspace_id FROM workspace_member
                 WHERE user_id = ? AND workspace_id <> ? LIMIT 1")
            .bind(access.user_id)
            .bind(id),
        )
        .await?;
    if others.is_empty() {
        return Err(WorkspaceWriteError::Last);
    }
    let inside: Vec<Inside> = tx
        .all(sql("SELECT id FROM conversation WHERE workspace_id = ?").bind(id))
        .await?;
    let mut erased = Erased::default();
    for Inside(conversation) in inside {
        erased.add(erase(tx, conversation).await?);
    }
    noted(tx, id, Change::Deleted, Vec::new(), access.user_id, at).await?;
    for text in [
        "UPDATE folder SET parent_id = NULL WHERE workspace_id = ?",
        "DELETE FROM workspace WHERE id = ?",
    ] {
        tx.execute(sql(text).bind(id)).await?;
    }
    Ok(Some(erased))
}

struct Member;

impl Read for Member {
    fn read(_: &Row) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

#[async_trait]
impl Workspaces for Store {
    async fn create(
        &self,
        _access: &Access,
        workspace: Workspace,
    ) -> Result<(), WorkspaceWriteError> {
        let assets = self.0.folder.assets(workspace.id);
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move {
                    insert(tx, &workspace).await.map_err(|e| {
                        if is_taken(&e) {
                            WorkspaceWriteError::Taken
                        } else {
                            e.into()
                        }
                    })
                })
            })
            .await?;
        crate::blobs::blocking(move || crate::data_folder::create_private(&assets)).await?;
        Ok(())
    }

    async fn list(
        &self,
        access: &Access,
        request: PageRequest,
    ) -> Result<Page<Workspace>, StoreError> {
        let after: Option<(i64, WorkspaceId)> = page::after(&request)?;
        let used: Vec<Used> = self
            .reader()
            .await?
            .all(
                sql(LIST)
                    .bind(readable(access))
                    .bind(after.map(|(at, _)| at))
                    .bind(after.map(|(_, id)| id))
                    .bind(page::fetch(&request)),
            )
            .await?;
        let page = page::page(used, &request, |used: &Used| (used.at, used.workspace.id));
        Ok(Page {
            items: page.items.into_iter().map(|used| used.workspace).collect(),
            next: page.next,
        })
    }

    async fn get(&self, access: &Access, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        if !access.may_read(id) {
            return Ok(None);
        }
        get(&mut self.reader().await?, id).await
    }

    async fn update(
        &self,
        access: &Access,
        id: WorkspaceId,
        patch: WorkspacePatch,
        at: UnixMillis,
    ) -> Result<Option<Workspace>, StoreError> {
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
        id: WorkspaceId,
        at: UnixMillis,
    ) -> Result<bool, WorkspaceWriteError> {
        let access = access.clone();
        let erased = self
            .0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { delete(tx, &access, id, at).await })
            })
            .await?;
        let Some(sessions) = erased else {
            return Ok(false);
        };
        self.remove_files(sessions).await?;
        self.0.blobs.delete_all(&format!("workspaces/{id}")).await?;
        Ok(true)
    }
}
