//! `GET /api/sessions/{id}/status` (NB-53).

use axum::{Json, extract::State};
use weald_api::session::SessionStatusResponse;
use weald_domain::id::SessionId;

use super::visible;
use crate::{
    ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// Where a session stands
#[utoipa::path(
    get, path = "/api/sessions/{id}/status", tag = "sessions",
    params(("id" = Uuid, Path, description = "The session.")),
    responses(
        (status = 200, body = SessionStatusResponse, description = "Where it stands."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_session_status(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<SessionId>,
) -> Answer<Json<SessionStatusResponse>> {
    let (session, live) = visible(&state, &access, id).await?;
    let head = state.services().streams.head(id).await?;
    Ok(Json(SessionStatusResponse {
        session_id: id,
        conversation_id: session.conversation_id,
        status: session.status,
        live,
        end_reason: session.end_reason,
        cursor: head.map(|head| head.head),
    }))
}
