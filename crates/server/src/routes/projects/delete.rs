//! `POST /api/projects/{id}/delete` (PR-10).

use axum::{extract::State, http::StatusCode};
use weald_api::preset::WorkspaceQuery;
use weald_domain::slug::Slug;

use crate::{
    Fault, ServerState, checks,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// Remove a project from its workspace
///
/// The directory stays. Removing the active one makes the oldest left the active one.
#[utoipa::path(
    post, path = "/api/projects/{id}/delete", tag = "projects",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the project."), WorkspaceQuery),
    responses(
        (status = 204, description = "It is removed."),
        (status = 404, description = "`not_found`: the workspace or the project."),
    ),
)]
pub(super) async fn delete_project(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<Slug>,
    Query(query): Query<WorkspaceQuery>,
) -> Answer<StatusCode> {
    let workspace = checks::writable(&access, query.workspace_id)?;
    if state
        .services()
        .projects
        .delete(&access, workspace, &id, state.now())
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Fault::not_found("project"))
    }
}
