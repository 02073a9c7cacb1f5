//! One event as its bytes.

use std::io::Write as _;

use bytes::Bytes;
use serde::Serialize;
use weald_domain::{
    event::Envelope,
    ports::{FeedFrame, Frame},
};

/// What a frame of a session has beside its payload, so that its bytes are reserved once.
const FRAME: usize = 512;

/// The frame of a session's stream, made once and shared by all readers.
pub(crate) fn encode_frame(frame: &Frame) -> Bytes {
    frame.encoded(encode)
}

/// The frame of the feed: the same bytes under the feed's own id.
pub(crate) fn encode_feed_frame(frame: &FeedFrame, out: &mut Vec<u8>) {
    let shared = encode_frame(&frame.frame);
    let id_end = shared
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let _ = writeln!(out, "id: {}", frame.cursor);
    out.extend_from_slice(&shared[id_end..]);
}

/// The frame of a stream that nobody can go on reading later: without an id.
pub(crate) fn encode_event(name: &str, data: &impl Serialize) -> Bytes {
    let mut out = Vec::with_capacity(FRAME);
    let _ = write!(out, "event: {name}\ndata: ");
    end_with(out, data)
}

fn encode(envelope: &Envelope) -> Bytes {
    let mut out = Vec::with_capacity(FRAME + envelope.payload.get().len());
    let _ = write!(
        out,
        "id: {}\nevent: {}\ndata: ",
        envelope.event_id, envelope.event_type
    );
    end_with(out, envelope)
}

fn end_with(mut out: Vec<u8>, data: &impl Serialize) -> Bytes {
    let data_at = out.len();
    if serde_json::to_writer(&mut out, data).is_err() {
        out.truncate(data_at);
    }
    // A line break can only stand between tokens of a foreign payload, where a blank says the same.
    for byte in &mut out[data_at..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    out.extend_from_slice(b"\n\n");
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;
    use uuid::Uuid;
    use weald_domain::{
        cursor::{Cursor, FeedCursor},
        event::Topic,
        time::UnixMillis,
    };

    fn frame(payload: &str) -> Frame {
        Frame::new(Envelope {
            event_id: Cursor { seq: 3, k: 7 },
            seq: 3,
            pos: None,
            topic: Topic::Session(Uuid::from_u128(1).into()),
            event_type: "content_delta".into(),
            version: 1,
            timestamp: UnixMillis(0),
            workspace_id: None,
            conversation_id: None,
            session_id: None,
            agent_id: None,
            payload: RawValue::from_string(payload.into()).expect("JSON"),
        })
    }

    #[test]
    fn a_frame_is_id_event_and_one_line_of_data() {
        let bytes = encode_frame(&frame("{\n\"delta\": \"a\\nb\"}"));
        let text = std::str::from_utf8(&bytes).expect("UTF-8");
        let lines: Vec<_> = text.split('\n').collect();
        assert_eq!((lines[0], lines[1]), ("id: 3-7", "event: content_delta"));
        assert!(lines[2].starts_with("data: {\"event_id\":\"3-7\""));
        assert!(lines[2].contains("a\\nb"));
        assert_eq!(&lines[3..], ["", ""]);
    }

    #[test]
    fn the_feed_shares_all_but_the_id() {
        let frame = frame("{}");
        let alone = encode_frame(&frame);
        let cursor = FeedCursor {
            pos: 9,
            ..FeedCursor::default()
        };
        let mut out = Vec::new();
        encode_feed_frame(&FeedFrame { frame, cursor }, &mut out);
        assert_eq!(
            out.strip_prefix(b"id: 9\n"),
            alone.strip_prefix(b"id: 3-7\n")
        );
    }
}
