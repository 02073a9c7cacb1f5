//! The history checker: what readers of a session's stream saw, held against what is stored.
//!
//! It finds what a crash must never cause: a lost, doubled or reordered frame, a lost or doubled
//! character, two readers that saw different things at one place, anything after the terminal
//! event. Its own tests plant each of these.

use std::collections::BTreeMap;

use serde_json::Value;
use weald_domain::{
    cursor::Cursor,
    event::Envelope,
    id::{MessageId, SessionId},
};

/// Everything one reader of one session saw, over all its connections.
#[derive(Debug, Clone, Default)]
pub struct ReaderLog {
    /// A name for messages.
    pub reader: String,
    /// The envelopes in the order they came.
    pub seen: Vec<Envelope>,
}

impl ReaderLog {
    /// Where the reader stands: the cursor it would resume from.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.seen
            .last()
            .map_or(Cursor::START, |envelope| envelope.event_id)
    }

    /// The text it put together, by message and part.
    #[must_use]
    pub fn texts(&self) -> BTreeMap<(MessageId, u32), String> {
        let mut texts: BTreeMap<_, String> = BTreeMap::new();
        for envelope in &self.seen {
            let event = envelope.session_event();
            if let Some(piece) = event.piece().filter(|piece| piece.kind.is_some()) {
                texts
                    .entry((piece.message_id, piece.part))
                    .or_default()
                    .push_str(piece.text);
            }
        }
        texts
    }
}

/// What is stored of a session once all is settled.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// The text of each text or reasoning part.
    pub texts: BTreeMap<(MessageId, u32), String>,
    /// Whether the session has ended.
    pub ended: bool,
}

/// Something that must never happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The session.
    pub session: SessionId,
    /// Who saw it.
    pub reader: String,
    /// What it is.
    pub what: String,
}

/// Checks all readers of one session against each other and against what is stored.
#[must_use]
pub fn check(session: SessionId, readers: &[ReaderLog], stored: &Stored) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut at: BTreeMap<Cursor, (String, Value)> = BTreeMap::new();
    for log in readers {
        let mut report = |what: String| {
            found.push(Violation {
                session,
                reader: log.reader.clone(),
                what,
            });
        };
        check_order(log, &mut report);
        check_characters(log, stored, &mut report);
        for envelope in log
            .seen
            .iter()
            .filter(|envelope| envelope.event_type != "resync")
        {
            // By value: a payload that is filled in again may have its members in another order.
            let payload = serde_json::from_str(envelope.payload.get()).unwrap_or_default();
            let is = (envelope.event_type.clone(), payload);
            match at.get(&envelope.event_id) {
                Some(was) if *was != is => report(format!(
                    "another reader saw something else at {}: {was:?}, {is:?}",
                    envelope.event_id
                )),
                Some(_) => {}
                None => {
                    at.insert(envelope.event_id, is);
                }
            }
        }
        let terminal = log
            .seen
            .iter()
            .filter(|envelope| envelope.is_terminal())
            .count();
        if terminal > 1 {
            report(format!("{terminal} terminal events"));
        }
        if log.seen.iter().rev().skip(1).any(Envelope::is_terminal) {
            report("something after the terminal event".into());
        }
        if terminal == 1 && !stored.ended {
            report("the terminal event was seen but is not stored".into());
        }
    }
    found
}

/// Cursors grow without a gap: `(n, k)` is followed by `(n, k+1)` or `(n+1, 0)`.
fn check_order(log: &ReaderLog, report: &mut impl FnMut(String)) {
    let mut last = Cursor::START;
    for envelope in &log.seen {
        let next = envelope.event_id;
        let gapless = envelope.event_type == "resync"
            || next
                == Cursor {
                    seq: last.seq,
                    k: last.k + 1,
                }
            || next == Cursor::durable(last.seq + 1);
        if next <= last {
            report(format!("{next} came after {last}: doubled or out of order"));
        } else if !gapless {
            report(format!("{next} came after {last}: something is missing"));
        }
        last = last.max(next);
    }
}

/// Pieces follow each other without gap or overlap, and what was seen is a prefix of what is stored.
fn check_characters(log: &ReaderLog, stored: &Stored, report: &mut impl FnMut(String)) {
    let mut lengths: BTreeMap<(MessageId, u32), u64> = BTreeMap::new();
    for envelope in &log.seen {
        let event = envelope.session_event();
        let Some(piece) = event.piece() else { continue };
        let length = lengths.entry((piece.message_id, piece.part)).or_default();
        if piece.offset != *length {
            report(format!(
                "a piece at {} where {length} was expected",
                piece.offset
            ));
        }
        *length = piece.offset + piece.text.chars().count() as u64;
    }
    for (key, seen) in log.texts() {
        match stored.texts.get(&key) {
            Some(whole) if whole.starts_with(&seen) => {}
            Some(whole) => report(format!(
                "part {} of {}: {} characters were seen, {} are stored, and they differ",
                key.1,
                key.0,
                seen.chars().count(),
                whole.chars().count()
            )),
            None => report(format!(
                "part {} of {} was seen and is not stored",
                key.1, key.0
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, value::to_raw_value};
    use uuid::Uuid;
    use weald_domain::{event::Topic, time::UnixMillis};

    fn session() -> SessionId {
        SessionId(Uuid::from_u128(1))
    }

    fn message() -> MessageId {
        MessageId(Uuid::from_u128(2))
    }

    fn envelope(seq: u64, k: u64, event_type: &str, payload: &serde_json::Value) -> Envelope {
        Envelope {
            event_id: Cursor { seq, k },
            seq,
            pos: None,
            topic: Topic::Session(session()),
            event_type: event_type.into(),
            version: 1,
            timestamp: UnixMillis(0),
            workspace_id: None,
            conversation_id: None,
            session_id: Some(session()),
            agent_id: None,
            payload: to_raw_value(payload).unwrap(),
        }
    }

    fn delta(k: u64, offset: u64, text: &str) -> Envelope {
        let payload = json!({
            "message_id": message(), "part": 0, "kind": "text", "offset": offset, "delta": text,
        });
        envelope(1, k, "content_delta", &payload)
    }

    fn honest() -> (ReaderLog, Stored) {
        let seen = vec![
            envelope(1, 0, "message_start", &json!({})),
            delta(1, 0, "Hel"),
            delta(2, 3, "lo"),
            envelope(2, 0, "run_completed", &json!({})),
        ];
        let texts = BTreeMap::from([((message(), 0), "Hello".to_owned())]);
        (
            ReaderLog {
                reader: "r".into(),
                seen,
            },
            Stored { texts, ended: true },
        )
    }

    fn finds(change: impl FnOnce(&mut ReaderLog, &mut Stored)) -> usize {
        let (mut log, mut stored) = honest();
        change(&mut log, &mut stored);
        check(session(), &[honest().0, log], &stored).len()
    }

    #[test]
    fn an_honest_history_has_no_violation() {
        assert_eq!(finds(|_, _| {}), 0);
    }

    #[test]
    fn planted_faults_are_found() {
        assert!(finds(|log, _| drop(log.seen.remove(1))) > 0, "a lost frame");
        assert!(
            finds(|log, _| log.seen.insert(2, log.seen[1].clone())) > 0,
            "a doubled frame"
        );
        assert!(
            finds(|log, _| log.seen.swap(1, 2)) > 0,
            "two frames swapped"
        );
        assert!(
            finds(|log, _| log.seen[2] = delta(2, 3, "LO")) > 0,
            "another text at one place"
        );
        assert!(
            finds(|_, stored| drop(stored.texts.insert((message(), 0), "Hell".into()))) > 0,
            "a lost character"
        );
        assert!(
            finds(|_, stored| stored.texts.clear()) > 0,
            "a lost message"
        );
        assert!(
            finds(|log, _| log.seen.push(delta(9, 5, "!"))) > 0,
            "something after the end"
        );
        assert!(
            finds(|_, stored| stored.ended = false) > 0,
            "an end that is not stored"
        );
    }
}
