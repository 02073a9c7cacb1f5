//! `GET /api/projects/{id}/get` (PR-09).

use axum::{Json, extract::State};
use weald_api::{preset::WorkspaceQuery, project::Project};
use weald_domain::slug::Slug;

use crate::{
    Fault, ServerState, checks,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// One project
#[utoipa::path(
    get, path = "/api/projects/{id}/get", tag = "projects",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the project."), WorkspaceQuery),
    responses(
        (status = 200, body = Project, description = "The project."),
        (status = 404, description = "`not_found`: the workspace or the project."),
    ),
)]
pub(super) async fn get_project(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<Slug>,
    Query(query): Query<WorkspaceQuery>,
) -> Answer<Json<Project>> {
    let workspace = checks::readable(&access, query.workspace_id)?;
    let project = state
        .services()
        .projects
        .get(&access, workspace, &id)
        .await?;
    project
        .map(|found| Json(found.into()))
        .ok_or_else(|| Fault::not_found("project"))
}
