//! Projects: rows beside the order that their workspace keeps.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{UserId, WorkspaceId},
    metadata,
    ports::{Page, PageRequest, ProjectWriteError, Projects, StoreError},
    project::{Project, ProjectPatch},
    slug::Slug,
    time::UnixMillis,
    workspace::WorkspaceProject,
};

use super::{
    Read, Row, Sql,
    column::{self, to_json, to_name},
    edits,
    lock::Lock,
    page, sql,
    tx::Tx,
    workspaces,
};
use crate::{fail_points, store::Store};

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.workspace_id, p.owner_id, p.name, p.kind, p.root_directory, p.status,
                p.description, p.is_active, p.metadata, p.created_at, p.updated_at
             FROM project p ",
            $rest
        )
    };
}

const BY_ID: &str = columns!("WHERE p.workspace_id = ? AND p.id = ?");

impl Read for Project {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::parsed(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            name: column::text(row, "name")?,
            kind: column::named(row, "kind")?,
            root_directory: column::text(row, "root_directory")?.into(),
            status: column::named(row, "status")?,
            description: column::opt_text(row, "description")?,
            is_active: column::flag(row, "is_active")?,
            metadata: column::json(row, "metadata")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

async fn get(
    conn: &mut impl Sql,
    workspace: WorkspaceId,
    id: &Slug,
) -> Result<Option<Project>, StoreError> {
    conn.one(sql(BY_ID).bind(workspace).bind(id.to_string()))
        .await
}

async fn noted(
    tx: &mut Tx,
    project: &Project,
    change: Change,
    fields: Vec<String>,
    by: UserId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let event = EditEvent {
        thing: Thing::Project,
        change,
        id: project.id.to_string(),
        fields,
        by: Some(by),
    };
    edits::append(tx, edits::Home::Workspace(project.workspace_id), event, at).await
}

fn root(project: &Project) -> Result<String, StoreError> {
    let text = project.root_directory.to_str().map(str::to_owned);
    text.ok_or_else(|| StoreError::Corrupt {
        what: "the root directory of a project",
        source: "it is not UTF-8".into(),
    })
}

async fn create(
    tx: &mut Tx,
    by: UserId,
    mut project: Project,
) -> Result<Project, ProjectWriteError> {
    tx.lock(Lock::Workspace(project.workspace_id)).await?;
    let Some(mut workspace) = workspaces::get(tx, project.workspace_id).await? else {
        return Err(StoreError::Unavailable("the workspace is gone".into()).into());
    };
    if get(tx, project.workspace_id, &project.id).await?.is_some() {
        return Err(ProjectWriteError::Taken);
    }
    let root = root(&project)?;
    let same_root: Option<Project> = tx
        .one(
            sql(columns!(
                "WHERE p.workspace_id = ? AND p.root_directory = ?"
            ))
            .bind(project.workspace_id)
            .bind(root.clone()),
        )
        .await?;
    if let Some(other) = same_root {
        return Err(ProjectWriteError::RootTaken(other.id));
    }
    project.is_active = active(tx, project.workspace_id).await?.is_none();
    tx.execute(
        sql(
            "INSERT INTO project (id, workspace_id, owner_id, name, kind, root_directory, status,
                description, is_active, metadata, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(project.id.to_string())
        .bind(project.workspace_id)
        .bind(project.owner_id)
        .bind(project.name.clone())
        .bind(to_name(&project.kind)?)
        .bind(root)
        .bind(to_name(&project.status)?)
        .bind(project.description.clone())
        .bind(project.is_active)
        .bind(to_json(&project.metadata)?)
        .bind(project.created_at.0)
        .bind(project.updated_at.0),
    )
    .await?;
    workspace.projects.push(WorkspaceProject {
        id: project.id.clone(),
        description: None,
    });
    workspace.updated_at = workspace.updated_at.max(project.updated_at);
    workspaces::store(tx, &workspace).await?;
    noted(
        tx,
        &project,
        Change::Created,
        Vec::new(),
        by,
        project.updated_at,
    )
    .await?;
    Ok(project)
}

async fn active(tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<Project>, StoreError> {
    tx.one(sql(columns!("WHERE p.workspace_id = ? AND p.is_active = 1")).bind(workspace))
        .await
}

async fn update(
    tx: &mut Tx,
    by: UserId,
    mut project: Project,
    patch: ProjectPatch,
    at: UnixMillis,
) -> Result<Project, StoreError> {
    let mut fields = Vec::new();
    if let Some(name) = patch.name {
        project.name = name;
        fields.push("name".to_owned());
    }
    if let Some(status) = patch.status {
        project.status = status;
        fields.push("status".to_owned());
    }
    if let Some(description) = patch.description {
        project.description = description;
        fields.push("description".to_owned());
    }
    if let Some(patch) = patch.metadata {
        project.metadata = metadata::merge(project.metadata, patch);
        fields.push("metadata".to_owned());
    }
    if fields.is_empty() {
        return Ok(project);
    }
    project.updated_at = project.updated_at.max(at);
    tx.execute(
        sql(
            "UPDATE project SET name = ?, status = ?, description = ?, metadata = ?,
                updated_at = ?
             WHERE workspace_id = ? AND id = ?",
        )
        .bind(project.name.clone())
        .bind(to_name(&project.status)?)
        .bind(project.description.clone())
        .bind(to_json(&project.metadata)?)
        .bind(project.updated_at.0)
        .bind(project.workspace_id)
        .bind(project.id.to_string()),
    )
    .await?;
    noted(tx, &project, Change::Updated, fields, by, at).await?;
    Ok(project)
}

async fn activate(tx: &mut Tx, project: &Project, at: UnixMillis) -> Result<(), StoreError> {
    for (text, id) in [
        (
            "UPDATE project SET is_active = 0,
                updated_at = CASE WHEN updated_at > ?1 THEN updated_at ELSE ?1 END
             WHERE workspace_id = ?2 AND is_active = 1 AND id <> ?3",
            &project.id,
        ),
        (
            "UPDATE project SET is_active = 1,
                updated_at = CASE WHEN updated_at > ?1 THEN updated_at ELSE ?1 END
             WHERE workspace_id = ?2 AND id = ?3",
            &project.id,
        ),
    ] {
        let statement = sql(text).bind(at.0).bind(project.workspace_id);
        tx.execute(statement.bind(id.to_string())).await?;
    }
    Ok(())
}

async fn select(
    tx: &mut Tx,
    by: UserId,
    workspace: WorkspaceId,
    id: &Slug,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    tx.lock(Lock::Workspace(workspace)).await?;
    let Some(project) = get(tx, workspace, id).await? else {
        return Ok(false);
    };
    if !project.is_active {
        activate(tx, &project, at).await?;
        let fields = vec!["is_active".to_owned()];
        noted(tx, &project, Change::Updated, fields, by, at).await?;
    }
    Ok(true)
}

async fn delete(
    tx: &mut Tx,
    by: UserId,
    workspace: WorkspaceId,
    id: &Slug,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    tx.lock(Lock::Workspace(workspace)).await?;
    let Some(project) = get(tx, workspace, id).await? else {
        return Ok(false);
    };
    tx.execute(
        sql("DELETE FROM project WHERE workspace_id = ? AND id = ?")
            .bind(workspace)
            .bind(id.to_string()),
    )
    .await?;
    if project.is_active {
        let oldest: Option<Project> = tx
            .one(
                sql(columns!(
                    "WHERE p.workspace_id = ? ORDER BY p.created_at, p.id LIMIT 1"
                ))
                .bind(workspace),
            )
            .await?;
        if let Some(oldest) = oldest {
            activate(tx, &oldest, at).await?;
        }
    }
    if let Some(mut row) = workspaces::get(tx, workspace).await? {
        row.projects.retain(|project| project.id != *id);
        row.updated_at = row.updated_at.max(at);
        workspaces::store(tx, &row).await?;
    }
    noted(tx, &project, Change::Deleted, Vec::new(), by, at).await?;
    Ok(true)
}

#[async_trait]
impl Projects for Store {
    async fn create(
        &self,
        access: &Access,
        project: Project,
    ) -> Result<Project, ProjectWriteError> {
        if !access.may_write(project.workspace_id) {
            return Err(StoreError::Unavailable("the workspace is not the writer's".into()).into());
        }
        let by = access.user_id;
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(create(tx, by, project))
            })
            .await
    }

    async fn list(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        request: PageRequest,
    ) -> Result<Page<Project>, StoreError> {
        let after: Option<usize> = page::after(&request)?;
        if !access.may_read(workspace) {
            return Ok(page::page(Vec::new(), &request, |_: &Project| ()));
        }
        let mut reader = self.reader().await?;
        let Some(row) = workspaces::get(&mut reader, workspace).await? else {
            return Ok(page::page(Vec::new(), &request, |_: &Project| ()));
        };
        let projects: Vec<Project> = reader
            .all(
                sql(columns!(
                    "WHERE p.workspace_id = ? ORDER BY p.created_at, p.id"
                ))
                .bind(workspace),
            )
            .await?;
        let place = |id: &Slug| row.projects.iter().position(|project| project.id == *id);
        let mut placed: Vec<(usize, Project)> = projects
            .into_iter()
            .map(|project| (place(&project.id).unwrap_or(usize::MAX), project))
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        let from = after.map_or(0, |n| n.saturating_add(1));
        let rest = placed
            .into_iter()
            .map(|(_, project)| project)
            .enumerate()
            .skip(from);
        let page = page::page(rest.collect(), &request, |(n, _): &(usize, Project)| *n);
        Ok(Page {
            items: page.items.into_iter().map(|(_, project)| project).collect(),
            next: page.next,
        })
    }

    async fn get(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
    ) -> Result<Option<Project>, StoreError> {
        if !access.may_read(workspace) {
            return Ok(None);
        }
        get(&mut self.reader().await?, workspace, id).await
    }

    async fn update(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        patch: ProjectPatch,
        at: UnixMillis,
    ) -> Result<Option<Project>, StoreError> {
        if !access.may_write(workspace) {
            return Ok(None);
        }
        let (by, id) = (access.user_id, id.clone());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move {
                    tx.lock(Lock::Workspace(workspace)).await?;
                    match get(tx, workspace, &id).await? {
                        Some(project) => update(tx, by, project, patch, at).await.map(Some),
                        None => Ok(None),
                    }
                })
            })
            .await
    }

    async fn select(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        at: UnixMillis,
    ) -> Result<bool, StoreError> {
        if !access.may_write(workspace) {
            return Ok(false);
        }
        let (by, id) = (access.user_id, id.clone());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { select(tx, by, workspace, &id, at).await })
            })
            .await
    }

    async fn delete(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        at: UnixMillis,
    ) -> Result<bool, StoreError> {
        if !access.may_write(workspace) {
            return Ok(false);
        }
        let (by, id) = (access.user_id, id.clone());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { delete(tx, by, workspace, &id, at).await })
            })
            .await
    }
}
