//! `GET /api/conversations/{id}/events` (NB-46): the stream of the active session.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use weald_api::schema::event::EventFrame;
use weald_domain::id::ConversationId;

use super::visible;
use crate::{
    ServerState,
    auth::Caller,
    extract::{Id, Query},
    fault::Answer,
    routes::sessions::events::AfterQuery,
    sse::{session_cursor, stream_session},
};

/// Follow what runs in a conversation
#[utoipa::path(
    get, path = "/api/conversations/{id}/events", tag = "conversations",
    params(
        ("id" = Uuid, Path, description = "The conversation."),
        AfterQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "Id of the last frame seen."),
    ),
    responses(
        (status = 200, body = EventFrame, content_type = "text/event-stream",
            description = "The stream of the active session."),
        (status = 204, description = "No session is active."),
        (status = 400, description = "`bad_cursor` or `cursor_ahead`."),
        (status = 404, description = "`not_found`."),
        (status = 429, description = "`too_many_streams`."),
    ),
)]
pub(super) async fn follow_conversation(
    State(state): State<ServerState>,
    caller: Caller,
    Id(id): Id<ConversationId>,
    Query(query): Query<AfterQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let after = session_cursor(&headers, query.after.as_deref())?;
    visible(&state, &caller.access, id).await?;
    let Some(active) = state.services().sessions.active(id).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let slot = state.slots().take(&caller)?;
    stream_session(&state, active.session_id, after, slot).await
}
