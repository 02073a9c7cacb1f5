//! Where a reader wants to go on: `Last-Event-ID` (wins) or `?after=`.

use std::str::FromStr;

use axum::http::HeaderMap;
use weald_domain::cursor::{Cursor, FeedCursor};

use crate::{Fault, fault::Answer};

/// Cursor of a session's stream; without one, its beginning.
pub(crate) fn session_cursor(headers: &HeaderMap, after: Option<&str>) -> Answer<Cursor> {
    Ok(cursor(headers, after)?.unwrap_or(Cursor::START))
}

/// Cursor of the feed; without one, none.
pub(crate) fn feed_cursor(headers: &HeaderMap, after: Option<&str>) -> Answer<Option<FeedCursor>> {
    cursor(headers, after)
}

fn cursor<C: FromStr>(headers: &HeaderMap, after: Option<&str>) -> Answer<Option<C>> {
    let text = match headers.get("last-event-id") {
        Some(header) => Some(header.to_str().map_err(|_| bad_cursor())?),
        None => after,
    };
    text.map(|text| text.parse().map_err(|_| bad_cursor()))
        .transpose()
}

fn bad_cursor() -> Fault {
    Fault::bad("bad_cursor", "That is not a cursor of this stream.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_and_garbage_is_refused() {
        let mut headers = HeaderMap::new();
        assert_eq!(
            session_cursor(&headers, None).expect("legal"),
            Cursor::START
        );
        assert_eq!(
            session_cursor(&headers, Some("2-1")).expect("legal"),
            Cursor { seq: 2, k: 1 }
        );
        for bad in ["", "x", "-1-0", "1", "1-0 "] {
            let fault = session_cursor(&headers, Some(bad)).expect_err(bad);
            assert_eq!(
                (fault.problem().status, fault.problem().code.as_str()),
                (400, "bad_cursor")
            );
        }
        headers.insert("last-event-id", "5-0".parse().expect("a header"));
        assert_eq!(
            session_cursor(&headers, Some("x")).expect("legal"),
            Cursor::durable(5)
        );
    }
}
