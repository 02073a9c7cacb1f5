//! `GET /api/sessions/{id}/events` (NB-39, NB-41, NB-54).

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use weald_api::schema::event::EventFrame;
use weald_domain::id::SessionId;

use super::visible;
use crate::{
    ServerState,
    auth::Caller,
    extract::{Id, Query},
    fault::Answer,
    sse::{session_cursor, stream_session},
};

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::routes) struct AfterQuery {
    /// Id of the last frame that was seen; the header `Last-Event-ID` wins. Without either the
    /// stream is told from its beginning.
    pub(in crate::routes) after: Option<String>,
}

/// Follow a session
///
/// Everything after the cursor, then live; closes after the terminal event.
#[utoipa::path(
    get, path = "/api/sessions/{id}/events", tag = "sessions",
    params(
        ("id" = Uuid, Path, description = "The session."),
        AfterQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "Id of the last frame seen."),
    ),
    responses(
        (status = 200, body = EventFrame, content_type = "text/event-stream",
            description = "One event in each frame's `data`."),
        (status = 204, description = "The cursor is at or after the terminal event."),
        (status = 400, description = "`bad_cursor` or `cursor_ahead`."),
        (status = 404, description = "`not_found`."),
        (status = 410, description = "`stream_gone`: it ended and its time has passed."),
        (status = 429, description = "`too_many_streams`."),
    ),
)]
pub(super) async fn follow_session(
    State(state): State<ServerState>,
    caller: Caller,
    Id(id): Id<SessionId>,
    Query(query): Query<AfterQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let after = session_cursor(&headers, query.after.as_deref())?;
    visible(&state, &caller.access, id).await?;
    let slot = state.slots().take(&caller)?;
    stream_session(&state, id, after, slot).await
}
