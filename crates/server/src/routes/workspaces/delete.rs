//! `POST /api/workspaces/{id}/delete` (NB-08).

use axum::{extract::State, http::StatusCode};
use weald_domain::id::WorkspaceId;

use super::{check_owner, write_fault};
use crate::{
    Fault, ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// Delete a workspace with all it holds
#[utoipa::path(
    post, path = "/api/workspaces/{id}/delete", tag = "workspaces",
    params(("id" = Uuid, Path, description = "The workspace.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 403, description = "`owner_only`."),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`workspace_busy` or `last_workspace`."),
    ),
)]
pub(super) async fn delete_workspace(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<WorkspaceId>,
) -> Answer<StatusCode> {
    check_owner(&access, id)?;
    match state
        .services()
        .workspaces
        .delete(&access, id, state.now())
        .await
    {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Fault::not_found("workspace")),
        Err(error) => Err(write_fault(error)),
    }
}
