//! `POST /api/conversations/{id}/update` (NB-22, MY-33).

use axum::{Json, extract::State};
use weald_api::conversation::{Conversation, ConversationUpdateRequest};
use weald_domain::{
    access::Access,
    conversation::ConversationPatch,
    id::{ConversationId, FolderId, WorkspaceId},
    limits::TITLE_MAX,
    metadata::merge,
};

use super::changeable;
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Reader},
    fault::Answer,
};

/// Change a conversation
#[utoipa::path(
    post, path = "/api/conversations/{id}/update", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation.")),
    request_body = ConversationUpdateRequest,
    responses(
        (status = 200, body = Conversation, description = "The conversation as it is now."),
        (status = 400, description = "`bad_name` or `metadata_too_large`."),
        (status = 404, description = "`not_found`: the conversation, the preset or the folder."),
    ),
)]
pub(super) async fn update_conversation(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
    Body(request): Body<ConversationUpdateRequest>,
) -> Answer<Json<Conversation>> {
    let old = changeable(&state, &access, id).await?.conversation;
    let title = match request.title {
        Some(Some(title)) => Some(Some(checks::name("title", &title, TITLE_MAX)?)),
        Some(None) => Some(None),
        None => None,
    };
    if let Some(metadata) = &request.metadata {
        checks::metadata(&merge(old.metadata, metadata.clone()))?;
    }
    if let Some(Some(preset)) = &request.default_preset_id {
        let preset = state
            .services()
            .presets
            .get(&access, old.workspace_id, preset)
            .await?;
        preset.ok_or_else(|| Fault::not_found("preset"))?;
    }
    if let Some(Some(folder)) = request.folder_id {
        check_folder(&state, &access, old.workspace_id, folder).await?;
    }
    let patch = ConversationPatch {
        title,
        status: request.status,
        default_preset_id: request.default_preset_id,
        settings: None,
        metadata: request.metadata,
        folder_id: request.folder_id,
    };
    let updated = state
        .services()
        .conversations
        .update(&access, id, patch, state.now())
        .await?;
    updated
        .map(|new| Json(new.into()))
        .ok_or_else(|| Fault::not_found("conversation"))
}

/// The folder is in the same workspace.
async fn check_folder(
    state: &ServerState,
    access: &Access,
    workspace: WorkspaceId,
    folder: FolderId,
) -> Answer<()> {
    let folder = state.services().folders.get(access, folder).await?;
    match folder {
        Some(folder) if folder.workspace_id == workspace => Ok(()),
        Some(_) | None => Err(Fault::not_found("folder")),
    }
}
