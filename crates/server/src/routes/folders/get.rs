//! `GET /api/folders/{id}/get` (MY-29).

use axum::{Json, extract::State};
use weald_api::folder::Folder;
use weald_domain::id::FolderId;

use super::visible;
use crate::{
    ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// One folder
#[utoipa::path(
    get, path = "/api/folders/{id}/get", tag = "folders",
    params(("id" = Uuid, Path, description = "The folder.")),
    responses(
        (status = 200, body = Folder, description = "The folder."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_folder(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<FolderId>,
) -> Answer<Json<Folder>> {
    Ok(Json(visible(&state, &access, id).await?.into()))
}
