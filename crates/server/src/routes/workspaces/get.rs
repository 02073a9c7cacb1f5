//! `GET /api/workspaces/{id}/get` (NB-08).

use axum::{Json, extract::State};
use weald_api::workspace::Workspace;
use weald_domain::id::WorkspaceId;

use crate::{
    Fault, ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// One workspace
#[utoipa::path(
    get, path = "/api/workspaces/{id}/get", tag = "workspaces",
    params(("id" = Uuid, Path, description = "The workspace.")),
    responses(
        (status = 200, body = Workspace, description = "The workspace."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_workspace(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<WorkspaceId>,
) -> Answer<Json<Workspace>> {
    let workspace = state.services().workspaces.get(&access, id).await?;
    workspace
        .map(|found| Json(found.into()))
        .ok_or_else(|| Fault::not_found("workspace"))
}
