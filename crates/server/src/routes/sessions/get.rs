//! `GET /api/sessions/{id}/get` (NB-52).

use axum::{Json, extract::State};
use weald_api::session::{SessionGetQuery, SessionResponse};
use weald_domain::id::SessionId;

use super::visible;
use crate::{
    ServerState,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// One session
#[utoipa::path(
    get, path = "/api/sessions/{id}/get", tag = "sessions",
    params(("id" = Uuid, Path, description = "The session."), SessionGetQuery),
    responses(
        (status = 200, body = SessionResponse, description = "The session."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_session(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<SessionId>,
    Query(query): Query<SessionGetQuery>,
) -> Answer<Json<SessionResponse>> {
    let (session, live) = visible(&state, &access, id).await?;
    let display_messages = if query.display_messages {
        let messages = state.services().sessions.messages(&access, id).await?;
        Some(messages.into_iter().map(Into::into).collect())
    } else {
        None
    };
    Ok(Json(SessionResponse {
        session: session.into(),
        live,
        display_messages,
    }))
}
