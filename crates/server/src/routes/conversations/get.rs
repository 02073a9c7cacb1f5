//! `GET /api/conversations/{id}/get` (NB-08).

use axum::{Json, extract::State};
use weald_api::conversation::ConversationResponse;
use weald_domain::id::ConversationId;

use super::visible;
use crate::{
    ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// One conversation
#[utoipa::path(
    get, path = "/api/conversations/{id}/get", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation.")),
    responses(
        (status = 200, body = ConversationResponse, description = "The conversation."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_conversation(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
) -> Answer<Json<ConversationResponse>> {
    Ok(Json(visible(&state, &access, id).await?.into()))
}
