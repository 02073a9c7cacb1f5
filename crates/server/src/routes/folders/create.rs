//! `POST /api/folders/create` (MY-29, MY-33).

use axum::{Json, extract::State, http::StatusCode};
use weald_api::folder::{Folder, FolderCreateRequest};
use weald_domain::{conversation::Folder as NewFolder, limits::FOLDER_NAME_MAX};

use crate::{
    Fault, ServerState, checks,
    extract::{Body, Reader},
    fault::Answer,
};

/// Make a folder
#[utoipa::path(
    post, path = "/api/folders/create", tag = "folders", request_body = FolderCreateRequest,
    responses(
        (status = 201, body = Folder, description = "The new folder."),
        (status = 400, description = "`bad_name`."),
        (status = 404, description = "`not_found`: the workspace, or the parent in it."),
    ),
)]
pub(super) async fn create_folder(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Body(request): Body<FolderCreateRequest>,
) -> Answer<(StatusCode, Json<Folder>)> {
    let workspace_id = checks::writable(&access, request.workspace_id)?;
    let at = state.now();
    let folder = NewFolder {
        id: state.id(at),
        workspace_id,
        owner_id: access.user_id,
        parent_id: request.parent_id,
        name: checks::name("name", &request.name, FOLDER_NAME_MAX)?,
        position: request.position,
        created_at: at,
        updated_at: at,
    };
    if state
        .services()
        .folders
        .create(&access, folder.clone())
        .await?
    {
        Ok((StatusCode::CREATED, Json(folder.into())))
    } else {
        Err(Fault::not_found("parent folder"))
    }
}
