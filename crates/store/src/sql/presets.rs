//! Presets: at most one default in a workspace.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{ConversationId, UserId, WorkspaceId},
    ports::{Page, PageRequest, PresetWriteError, Presets, StoreError},
    preset::{Preset, PresetPatch},
    slug::Slug,
    time::UnixMillis,
};

use super::{
    Read, Row, Sql,
    column::{self, to_json, to_name},
    edits, is_taken,
    lock::Lock,
    page, sql,
    tx::Tx,
};
use crate::{fail_points, store::Store};

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.workspace_id, p.owner_id, p.name, p.description, p.model,
                p.system_prompt, p.toolsets, p.on_crash, p.is_default, p.created_at, p.updated_at
             FROM preset p ",
            $rest
        )
    };
}

impl Read for Preset {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::parsed(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            name: column::text(row, "name")?,
            description: column::opt_text(row, "description")?,
            model: column::json(row, "model")?,
            system_prompt: column::opt_text(row, "system_prompt")?,
            toolsets: column::json(row, "toolsets")?,
            on_crash: column::named(row, "on_crash")?,
            is_default: column::flag(row, "is_default")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

struct Using(ConversationId);

impl Read for Using {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

/// Inserts a preset; a default one takes the default from the others.
pub(crate) async fn insert(tx: &mut Tx, preset: &Preset) -> Result<(), StoreError> {
    take_default(tx, preset).await?;
    tx.execute(
        sql(
            "INSERT INTO preset (id, workspace_id, owner_id, name, description, model,
                system_prompt, toolsets, on_crash, is_default, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(preset.id.to_string())
        .bind(preset.workspace_id)
        .bind(preset.owner_id)
        .bind(preset.name.clone())
        .bind(preset.description.clone())
        .bind(to_json(&preset.model)?)
        .bind(preset.system_prompt.clone())
        .bind(to_json(&preset.toolsets)?)
        .bind(to_name(&preset.on_crash)?)
        .bind(preset.is_default)
        .bind(preset.created_at.0)
        .bind(preset.updated_at.0),
    )
    .await?;
    Ok(())
}

async fn take_default(tx: &mut Tx, preset: &Preset) -> Result<(), StoreError> {
    if preset.is_default {
        tx.execute(
            sql("UPDATE preset SET is_default = 0, updated_at = ?
                 WHERE workspace_id = ? AND is_default = 1 AND id <> ?")
            .bind(preset.updated_at.0)
            .bind(preset.workspace_id)
            .bind(preset.id.to_string()),
        )
        .await?;
    }
    Ok(())
}

async fn noted(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: &Slug,
    change: Change,
    by: UserId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let event = EditEvent {
        thing: Thing::Preset,
        change,
        id: id.to_string(),
        fields: Vec::new(),
        by: Some(by),
    };
    edits::append(tx, edits::Home::Workspace(workspace), event, at).await
}

async fn one(tx: &mut Tx, workspace: WorkspaceId, id: &Slug) -> Result<Option<Preset>, StoreError> {
    tx.one(
        sql(columns!("WHERE p.workspace_id = ? AND p.id = ?"))
            .bind(workspace)
            .bind(id.to_string()),
    )
    .await
}

async fn update(
    tx: &mut Tx,
    by: UserId,
    (workspace, id): (WorkspaceId, &Slug),
    patch: PresetPatch,
    at: UnixMillis,
) -> Result<Option<Preset>, PresetWriteError> {
    tx.lock(Lock::Workspace(workspace)).await?;
    let Some(old) = one(tx, workspace, id).await? else {
        return Ok(None);
    };
    let new = old.patched(patch, at);
    take_default(tx, &new).await?;
    store(tx, &new).await?;
    noted(tx, workspace, id, Change::Updated, by, at).await?;
    Ok(Some(new))
}

async fn store(tx: &mut Tx, preset: &Preset) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE preset SET name = ?, description = ?, model = ?, system_prompt = ?,
                    toolsets = ?, on_crash = ?, is_default = ?, updated_at = ?
                 WHERE workspace_id = ? AND id = ?",
        )
        .bind(preset.name.clone())
        .bind(preset.description.clone())
        .bind(to_json(&preset.model)?)
        .bind(preset.system_prompt.clone())
        .bind(to_json(&preset.toolsets)?)
        .bind(to_name(&preset.on_crash)?)
        .bind(preset.is_default)
        .bind(preset.updated_at.0)
        .bind(preset.workspace_id)
        .bind(preset.id.to_string()),
    )
    .await?;
    Ok(())
}

async fn delete(
    tx: &mut Tx,
    access: &Access,
    workspace: WorkspaceId,
    id: &Slug,
    at: UnixMillis,
) -> Result<bool, PresetWriteError> {
    tx.lock(Lock::Workspace(workspace)).await?;
    let using: Vec<Using> = tx
        .all(
            sql("SELECT id FROM conversation
                 WHERE workspace_id = ?1 AND status = 'active' AND default_preset_id = ?2
                 UNION
                 SELECT conversation_id FROM session
                 WHERE workspace_id = ?1 AND status = 'created' AND preset_id = ?2
                 ORDER BY 1 LIMIT 20")
            .bind(workspace)
            .bind(id.to_string()),
        )
        .await?;
    if !using.is_empty() {
        let ids = using.into_iter().map(|Using(id)| id).collect();
        return Err(PresetWriteError::InUse(ids));
    }
    let hit = tx
        .execute(
            sql("DELETE FROM preset WHERE workspace_id = ? AND id = ?")
                .bind(workspace)
                .bind(id.to_string()),
        )
        .await?;
    if hit == 0 {
        return Ok(false);
    }
    tx.execute(
        sql(
            "UPDATE workspace SET default_preset_id = NULL, updated_at = ?
             WHERE id = ? AND default_preset_id = ?",
        )
        .bind(at.0)
        .bind(workspace)
        .bind(id.to_string()),
    )
    .await?;
    noted(tx, workspace, id, Change::Deleted, access.user_id, at).await?;
    Ok(true)
}

#[async_trait]
impl Presets for Store {
    async fn create(&self, access: &Access, preset: Preset) -> Result<(), PresetWriteError> {
        if !access.may_write(preset.workspace_id) {
            return Err(StoreError::Unavailable("the workspace is not the writer's".into()).into());
        }
        let by = access.user_id;
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move {
                    tx.lock(Lock::Workspace(preset.workspace_id)).await?;
                    insert(tx, &preset).await.map_err(|e| {
                        if is_taken(&e) {
                            PresetWriteError::Taken
                        } else {
                            e.into()
                        }
                    })?;
                    let (workspace, at) = (preset.workspace_id, preset.created_at);
                    noted(tx, workspace, &preset.id, Change::Created, by, at).await?;
                    Ok(())
                })
            })
            .await
    }

    async fn list(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        request: PageRequest,
    ) -> Result<Page<Preset>, StoreError> {
        let after: Option<(String, Slug)> = page::after(&request)?;
        if !access.may_read(workspace) {
            return Ok(page::page(Vec::new(), &request, |_: &Preset| ()));
        }
        let (name, id) = after.unzip();
        let presets = self
            .reader()
            .await?
            .all(
                sql(columns!(
                    "WHERE p.workspace_id = ?1 AND (?2 IS NULL OR (p.name, p.id) > (?2, ?3))
                     ORDER BY p.name, p.id LIMIT ?4"
                ))
                .bind(workspace)
                .bind(name)
                .bind(id.map(String::from))
                .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(presets, &request, |preset: &Preset| {
            (preset.name.clone(), preset.id.clone())
        }))
    }

    async fn get(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
    ) -> Result<Option<Preset>, StoreError> {
        if !access.may_read(workspace) {
            return Ok(None);
        }
        self.reader()
            .await?
            .one(
                sql(columns!("WHERE p.workspace_id = ? AND p.id = ?"))
                    .bind(workspace)
                    .bind(id.to_string()),
            )
            .await
    }

    async fn default_of(
        &self,
        access: &Access,
        workspace: WorkspaceId,
    ) -> Result<Option<Preset>, StoreError> {
        if !access.may_read(workspace) {
            return Ok(None);
        }
        self.reader()
            .await?
            .one(
                sql(columns!(
                    "JOIN workspace w ON w.id = p.workspace_id
                     WHERE p.workspace_id = ? AND (p.is_default = 1 OR p.id = w.default_preset_id)
                     ORDER BY p.id = coalesce(w.default_preset_id, '') DESC LIMIT 1"
                ))
                .bind(workspace),
            )
            .await
    }

    async fn update(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        patch: PresetPatch,
        at: UnixMillis,
    ) -> Result<Option<Preset>, PresetWriteError> {
        if !access.may_write(workspace) {
            return Ok(None);
        }
        let (by, id) = (access.user_id, id.clone());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { update(tx, by, (workspace, &id), patch, at).await })
            })
            .await
    }

    async fn delete(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        at: UnixMillis,
    ) -> Result<bool, PresetWriteError> {
        if !access.may_write(workspace) {
            return Ok(false);
        }
        let (access, id) = (access.clone(), id.clone());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { delete(tx, &access, workspace, &id, at).await })
            })
            .await
    }
}
