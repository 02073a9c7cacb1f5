//! `POST /api/conversations/{id}/delete` (MY-33).

use axum::{extract::State, http::StatusCode};
use weald_domain::{id::ConversationId, ports::DeleteError};

use super::changeable;
use crate::{
    Fault, ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// Delete a conversation with its messages and sessions
#[utoipa::path(
    post, path = "/api/conversations/{id}/delete", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`conversation_busy`, with `active_session`: stop it first."),
    ),
)]
pub(super) async fn delete_conversation(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
) -> Answer<StatusCode> {
    changeable(&state, &access, id).await?;
    match state
        .services()
        .conversations
        .delete(&access, id, state.now())
        .await
    {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Fault::not_found("conversation")),
        Err(DeleteError::Busy(active)) => {
            let active = serde_json::to_value(&active).unwrap_or_default();
            let detail = "A session is active in this conversation; stop it first.";
            Err(Fault::conflict("conversation_busy", detail).with("active_session", active))
        }
        Err(DeleteError::Store(error)) => Err(error.into()),
    }
}
