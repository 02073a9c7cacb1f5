//! Server-sent events: frames encoded once, many of them in one write, nothing per frame boxed.

mod body;
mod cursor;
mod frame;
mod session;
mod slots;

pub(crate) use body::EventBody;
pub(crate) use cursor::{feed_cursor, session_cursor};
pub(crate) use frame::{encode_event, encode_feed_frame, encode_frame};
pub(crate) use session::stream_session;
pub(crate) use slots::{Slot, StreamSlots, watch_credentials};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// The response that carries a stream.
pub(crate) fn event_stream(body: EventBody) -> Response {
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
