//! `POST /api/projects/{id}/update` (PR-09).

use axum::{Json, extract::State};
use weald_api::{
    preset::WorkspaceQuery,
    project::{Project, ProjectUpdateRequest},
};
use weald_domain::{metadata::merge, project::ProjectPatch, slug::Slug};

use super::{DESCRIPTION_MAX, NAME_MAX};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Query, Reader},
    fault::Answer,
};

/// Change a project
#[utoipa::path(
    post, path = "/api/projects/{id}/update", tag = "projects",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the project."), WorkspaceQuery),
    request_body = ProjectUpdateRequest,
    responses(
        (status = 200, body = Project, description = "The project as it is now."),
        (status = 400, description = "`bad_name`, `text_too_long` or `metadata_too_large`."),
        (status = 404, description = "`not_found`: the workspace or the project."),
    ),
)]
pub(super) async fn update_project(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<Slug>,
    Query(query): Query<WorkspaceQuery>,
    Body(request): Body<ProjectUpdateRequest>,
) -> Answer<Json<Project>> {
    let workspace = checks::writable(&access, query.workspace_id)?;
    let projects = &state.services().projects;
    let old = projects.get(&access, workspace, &id).await?;
    let old = old.ok_or_else(|| Fault::not_found("project"))?;
    let name = request.name.as_deref();
    let name = name
        .map(|name| checks::name("name", name, NAME_MAX))
        .transpose()?;
    if let Some(Some(description)) = &request.description {
        checks::text("description", description, DESCRIPTION_MAX)?;
    }
    if let Some(metadata) = &request.metadata {
        checks::metadata(&merge(old.metadata, metadata.clone()))?;
    }
    let patch = ProjectPatch {
        name,
        status: request.status,
        description: request.description,
        metadata: request.metadata,
    };
    let updated = projects
        .update(&access, workspace, &id, patch, state.now())
        .await?;
    updated
        .map(|new| Json(new.into()))
        .ok_or_else(|| Fault::not_found("project"))
}
