//! Following a session (NB-39, NB-41).

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use weald_domain::{cursor::Cursor, id::SessionId, ports::FollowError};

use super::{EventBody, Slot, event_stream};
use crate::{Fault, ServerState, fault::Answer};

/// The stream of a session after a cursor. The caller has checked that the reader may see it.
pub(crate) async fn stream_session(
    state: &ServerState,
    session: SessionId,
    after: Cursor,
    slot: Slot,
) -> Answer<Response> {
    match state.services().streams.follow(session, after).await {
        Ok(frames) => Ok(event_stream(EventBody::session(frames, slot))),
        Err(FollowError::Ended) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(FollowError::Ahead) => Err(Fault::bad(
            "cursor_ahead",
            "The cursor is beyond the head of this stream.",
        )),
        Err(FollowError::Gone) => {
            let detail = "The stream has ended and its time has passed; read the session instead.";
            Err(Fault::new(StatusCode::GONE, "stream_gone", detail)
                .with("session_id", session.to_string()))
        }
        Err(FollowError::Store(error)) => Err(error.into()),
    }
}
