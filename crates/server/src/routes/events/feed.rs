//! `GET /api/events?topics=` (spec 5.7): one stream for everything a reader looks at.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;
use weald_api::{message::FEED_CURSOR_HEADER, schema::event::EventFrame};
use weald_domain::{event::TopicFilter, ports::FollowError};

use crate::{
    Fault, ServerState,
    auth::Caller,
    extract::Query,
    fault::Answer,
    sse::{EventBody, event_stream, feed_cursor},
};

/// Most topics of one stream.
const TOPICS_MAX: usize = 256;

/// What to follow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FeedQuery {
    /// Topics, separated by commas: `workspace.{id}`, `conversation.{id}`, `session.{id}`,
    /// `user.{id}`, `system`; `workspace.*`, `conversation.*`, `session.*` and `#` for more.
    topics: Option<String>,
    /// Where to go on; the header `Last-Event-ID` wins. Without either: from now on.
    after: Option<String>,
}

/// Follow the feed
///
/// Every durable event of the topics in the order of `pos`, and the deltas of the session and
/// conversation topics. The id of a frame is the feed's own cursor,
/// `<pos>[;<session_id>:<seq>-<k>,…]`. Never ends by itself.
#[utoipa::path(
    get, path = "/api/events", tag = "events",
    params(FeedQuery, ("Last-Event-ID" = Option<String>, Header, description = "Where to go on.")),
    responses(
        (status = 200, body = EventFrame, content_type = "text/event-stream",
            description = "One event in each frame's `data`."),
        (status = 400, description = "`bad_topics`, `bad_cursor` or `cursor_ahead`."),
        (status = 410, description = "`stream_gone`: the cursor is too old."),
        (status = 429, description = "`too_many_streams`."),
    ),
)]
pub(super) async fn follow_feed(
    State(state): State<ServerState>,
    caller: Caller,
    Query(query): Query<FeedQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let topics = topics(query.topics.as_deref().unwrap_or(""))?;
    let feed = &state.services().feed;
    let after = match feed_cursor(&headers, query.after.as_deref())? {
        Some(after) => after,
        None => feed.head().await?,
    };
    let slot = state.slots().take(&caller)?;
    let start = after.to_string();
    match feed.follow(&caller.access, topics, after).await {
        Ok(frames) => {
            // An id without data is no event; it is where a reader goes on after a cut.
            let first = Bytes::from(format!("id: {start}\n\n"));
            let mut response = event_stream(EventBody::feed(frames, first, slot));
            if let Ok(start) = HeaderValue::from_str(&start) {
                response.headers_mut().insert(FEED_CURSOR_HEADER, start);
            }
            Ok(response)
        }
        Err(FollowError::Ahead) => Err(Fault::bad(
            "cursor_ahead",
            "The cursor is beyond the head of the feed.",
        )),
        Err(FollowError::Ended) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(FollowError::Gone) => {
            let detail = "The cursor is too old; read the conversations again.";
            Err(Fault::new(StatusCode::GONE, "stream_gone", detail))
        }
        Err(FollowError::Store(error)) => Err(error.into()),
    }
}

fn topics(text: &str) -> Answer<Vec<TopicFilter>> {
    let topics: Result<Vec<TopicFilter>, _> = text.split(',').map(|t| t.trim().parse()).collect();
    match topics {
        Ok(topics) if topics.len() <= TOPICS_MAX => Ok(topics),
        Ok(_) => Err(Fault::bad(
            "bad_topics",
            format!("At most {TOPICS_MAX} topics."),
        )),
        Err(error) => Err(Fault::bad("bad_topics", error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_needed_and_checked() {
        assert_eq!(topics("#, system").expect("legal").len(), 2);
        for bad in ["", "system,", "conversation.x", "#,#,".repeat(200).as_str()] {
            assert_eq!(topics(bad).expect_err(bad).problem().code, "bad_topics");
        }
    }
}
