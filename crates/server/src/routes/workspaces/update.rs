//! `POST /api/workspaces/{id}/update` (NB-08).

use axum::{Json, extract::State};
use weald_api::workspace::{Workspace, WorkspaceUpdateRequest};
use weald_domain::{
    access::Access,
    id::WorkspaceId,
    limits::WORKSPACE_NAME_MAX,
    metadata::merge,
    workspace::{WorkspacePatch, WorkspaceProject},
};

use super::{check_owner, write_fault};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Reader},
    fault::Answer,
};

/// Change a workspace
#[utoipa::path(
    post, path = "/api/workspaces/{id}/update", tag = "workspaces",
    params(("id" = Uuid, Path, description = "The workspace.")),
    request_body = WorkspaceUpdateRequest,
    responses(
        (status = 200, body = Workspace, description = "The workspace as it is now."),
        (status = 400, description = "`bad_name`, `metadata_too_large` or `duplicate_project`."),
        (status = 403, description = "`owner_only`."),
        (status = 404, description = "`not_found`: the workspace, a project or the preset."),
    ),
)]
pub(super) async fn update_workspace(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<WorkspaceId>,
    Body(request): Body<WorkspaceUpdateRequest>,
) -> Answer<Json<Workspace>> {
    check_owner(&access, id)?;
    let services = state.services();
    let old = services.workspaces.get(&access, id).await?;
    let old = old.ok_or_else(|| Fault::not_found("workspace"))?;
    let name = request.name.as_deref();
    let name = name
        .map(|name| checks::name("name", name, WORKSPACE_NAME_MAX))
        .transpose()?;
    if let Some(metadata) = &request.metadata {
        checks::metadata(&merge(old.metadata, metadata.clone()))?;
    }
    if let Some(projects) = &request.projects {
        check_projects(&state, &access, id, projects).await?;
    }
    if let Some(Some(preset)) = &request.default_preset_id {
        let preset = services.presets.get(&access, id, preset).await?;
        preset.ok_or_else(|| Fault::not_found("preset"))?;
    }
    let patch = WorkspacePatch {
        name,
        color: request.color,
        projects: request.projects,
        default_preset_id: request.default_preset_id,
        metadata: request.metadata,
    };
    let updated = services
        .workspaces
        .update(&access, id, patch, state.now())
        .await;
    let updated = updated.map_err(|error| write_fault(error.into()))?;
    updated
        .map(|new| Json(new.into()))
        .ok_or_else(|| Fault::not_found("workspace"))
}

/// Every project exists in this workspace and stands there once.
async fn check_projects(
    state: &ServerState,
    access: &Access,
    workspace: WorkspaceId,
    projects: &[WorkspaceProject],
) -> Answer<()> {
    for (at, project) in projects.iter().enumerate() {
        if projects[..at].iter().any(|other| other.id == project.id) {
            let detail = format!("project `{}` stands there twice", project.id);
            return Err(Fault::bad("duplicate_project", detail));
        }
        let found = state
            .services()
            .projects
            .get(access, workspace, &project.id)
            .await?;
        found.ok_or_else(|| Fault::not_found("project"))?;
    }
    Ok(())
}
