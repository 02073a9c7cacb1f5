//! `POST /api/folders/{id}/delete` (MY-29, MY-33).

use axum::{extract::State, http::StatusCode};
use weald_domain::id::FolderId;

use super::changeable;
use crate::{
    Fault, ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// Delete a folder
///
/// What it holds moves to its parent.
#[utoipa::path(
    post, path = "/api/folders/{id}/delete", tag = "folders",
    params(("id" = Uuid, Path, description = "The folder.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn delete_folder(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<FolderId>,
) -> Answer<StatusCode> {
    changeable(&state, &access, id).await?;
    if state
        .services()
        .folders
        .delete(&access, id, state.now())
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Fault::not_found("folder"))
    }
}
