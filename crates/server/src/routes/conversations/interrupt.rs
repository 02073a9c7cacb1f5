//! `POST /api/conversations/{id}/interrupt` (NB-44, NB-57).

use axum::{Json, extract::State};
use weald_api::run::{InterruptRequest, InterruptResponse};
use weald_domain::id::ConversationId;
use weald_engine::InterruptError;

use crate::{
    Fault, ServerState, checks,
    extract::{Id, OptionalBody, Reader},
    fault::Answer,
};

/// Longest reason, bytes.
const REASON_MAX: usize = 4096;

/// Stop what runs in a conversation
///
/// Interrupts every active session of it, running or parked. Idempotent.
#[utoipa::path(
    post, path = "/api/conversations/{id}/interrupt", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation.")),
    request_body = InterruptRequest,
    responses(
        (status = 200, body = InterruptResponse, description = "The sessions that were active."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn interrupt_conversation(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
    OptionalBody(request): OptionalBody<InterruptRequest>,
) -> Answer<Json<InterruptResponse>> {
    checks::text(
        "reason",
        request.reason.as_deref().unwrap_or(""),
        REASON_MAX,
    )?;
    match state
        .services()
        .engine
        .interrupt(&access, id, request.reason)
        .await
    {
        Ok(session_ids) => Ok(Json(InterruptResponse { session_ids })),
        Err(InterruptError::NotFound) => Err(Fault::not_found("conversation")),
        Err(InterruptError::Store(error)) => Err(error.into()),
    }
}
