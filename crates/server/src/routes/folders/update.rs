//! `POST /api/folders/{id}/update` (MY-29, MY-33).

use axum::{Json, extract::State};
use weald_api::folder::{Folder, FolderUpdateRequest};
use weald_domain::{conversation::FolderPatch, id::FolderId, limits::FOLDER_NAME_MAX};

use super::{changeable, visible};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Reader},
    fault::Answer,
};

/// Change a folder
#[utoipa::path(
    post, path = "/api/folders/{id}/update", tag = "folders",
    params(("id" = Uuid, Path, description = "The folder.")),
    request_body = FolderUpdateRequest,
    responses(
        (status = 200, body = Folder, description = "The folder as it is now."),
        (status = 400, description = "`bad_name`."),
        (status = 404, description = "`not_found`: the folder, or the new parent."),
        (status = 409, description = "`folder_cycle`: it would become its own ancestor."),
    ),
)]
pub(super) async fn update_folder(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<FolderId>,
    Body(request): Body<FolderUpdateRequest>,
) -> Answer<Json<Folder>> {
    let old = changeable(&state, &access, id).await?;
    let name = request.name.as_deref();
    let name = name
        .map(|name| checks::name("name", name, FOLDER_NAME_MAX))
        .transpose()?;
    if let Some(Some(parent)) = request.parent_id {
        let parent = visible(&state, &access, parent).await?;
        if parent.workspace_id != old.workspace_id {
            return Err(Fault::not_found("folder"));
        }
    }
    let moves = matches!(request.parent_id, Some(Some(_)));
    let patch = FolderPatch {
        name,
        parent_id: request.parent_id,
        position: request.position,
    };
    let updated = state
        .services()
        .folders
        .update(&access, id, patch, state.now())
        .await?;
    match updated {
        Some(folder) => Ok(Json(folder.into())),
        None if moves => {
            let detail = "A folder cannot be inside itself.";
            Err(Fault::conflict("folder_cycle", detail))
        }
        None => Err(Fault::not_found("folder")),
    }
}
