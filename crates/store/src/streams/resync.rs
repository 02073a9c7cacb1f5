//! Catching up without the deltas: for each text that has grown, one `resync` with the text so far.

use std::collections::{BTreeMap, HashSet};

use weald_domain::{
    cursor::Cursor,
    event::{
        Envelope, SessionEvent,
        session::{ContentDelta, Resync},
    },
    id::{MessageId, SessionId},
    message::{Part, PartKind, TextState},
    ports::{Frame, StoreError},
};

use super::catch_up::History;
use crate::{
    bus::log_writer::envelope,
    sql::{Read, Sql, column, events, sql},
    store::Store,
};

/// A text part of a message.
type Place = (MessageId, u32);

/// A text part whose deltas are left out.
struct Grown {
    kind: PartKind,
    /// The last frame it covers.
    cursor: Cursor,
    /// The deltas that are still in the log.
    deltas: Vec<ContentDelta>,
}

struct Made(MessageId);

impl Read for Made {
    fn read(row: &sqlx::sqlite::SqliteRow) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

impl Store {
    /// A history with a `resync` in place of the deltas of each part.
    pub(super) async fn resynced(
        &self,
        session: SessionId,
        history: History,
    ) -> Result<Vec<Frame>, StoreError> {
        let mut grown = grown(&history);
        let mut reader = self.reader().await?;
        let mut messages: HashSet<MessageId> = grown.keys().map(|(message, _)| *message).collect();
        if history.trimmed.is_some() {
            // Deltas are missing: any text of the session may have grown.
            let rows: Vec<Made> = reader
                .all(
                    sql("SELECT id FROM message WHERE session_id = ? AND role = 'assistant'")
                        .bind(session.to_string()),
                )
                .await?;
            messages.extend(rows.into_iter().map(|Made(id)| id));
        }
        let parts = events::parts_of(&mut reader, &messages).await?;
        drop(reader);
        if let Some(trimmed) = history.trimmed {
            for (message, parts) in &parts {
                add_trimmed(&mut grown, *message, parts, &history, trimmed);
            }
        }
        let mut out: Vec<Envelope> = Vec::new();
        for ((message, part), one) in grown {
            let stored = parts
                .get(&message)
                .and_then(|parts| parts.get(part as usize));
            let text = text_so_far(stored.and_then(text_of), &one.deltas);
            let event = SessionEvent::from(Resync {
                message_id: message,
                part,
                kind: one.kind,
                offset: 0,
                text,
            });
            out.extend(framed(self, session, one.cursor, &event).await?);
        }
        let rest = history.frames.into_iter().filter(|frame| {
            frame.envelope.event_id > history.after
                && matches!(frame.event, SessionEvent::ToolCallArgsDelta(_))
        });
        out.extend(rest.map(|frame| frame.envelope));
        out.extend(history.events);
        out.sort_by_key(|envelope| envelope.event_id);
        out.dedup_by_key(|envelope| envelope.event_id);
        Ok(out.into_iter().map(Frame::new).collect())
    }
}

async fn framed(
    store: &Store,
    session: SessionId,
    cursor: Cursor,
    event: &SessionEvent,
) -> Result<Option<Envelope>, StoreError> {
    let Some(origin) = store.origin_of(session).await? else {
        return Ok(None);
    };
    let (kind, payload) = event.encode().map_err(|e| StoreError::Corrupt {
        what: "a resync",
        source: Box::new(e),
    })?;
    Ok(Some(envelope(&origin, cursor, store.now(), kind, payload)))
}

/// The parts that have deltas in the history; each covers its frames up to the last of them.
fn grown(history: &History) -> BTreeMap<Place, Grown> {
    let mut grown: BTreeMap<Place, Grown> = BTreeMap::new();
    for frame in &history.frames {
        let SessionEvent::ContentDelta(delta) = &frame.event else {
            continue;
        };
        let one = grown
            .entry((delta.message_id, delta.part))
            .or_insert_with(|| Grown {
                kind: delta.kind,
                cursor: frame.envelope.event_id,
                deltas: Vec::new(),
            });
        one.cursor = frame.envelope.event_id;
        one.deltas.push(delta.clone());
    }
    grown.retain(|_, one| one.cursor > history.after);
    grown
}

/// Adds the parts of a message whose deltas were trimmed: closed ones before their
/// `content_done`, the open ones at the place that was trimmed last.
fn add_trimmed(
    grown: &mut BTreeMap<Place, Grown>,
    message: MessageId,
    parts: &[Part],
    history: &History,
    trimmed: Cursor,
) {
    for (part, content) in (0u32..).zip(parts) {
        let (kind, state) = match content {
            Part::Text { state, .. } => (PartKind::Text, *state),
            Part::Reasoning { state, .. } => (PartKind::Reasoning, *state),
            Part::Tool(_) | Part::Other(_) => continue,
        };
        let done = history.events.iter().find(|event| {
            matches!(event.session_event(), SessionEvent::ContentDone(done)
                if done.message_id == message && done.part == part)
        });
        let cursor = match (done, state) {
            (Some(done), _) => Cursor {
                seq: done.seq - 1,
                k: if trimmed.seq == done.seq - 1 {
                    trimmed.k
                } else {
                    1
                },
            },
            (None, TextState::Streaming) => trimmed,
            // It was closed before the reader's cursor.
            (None, TextState::Done) => continue,
        };
        if cursor > history.after {
            grown.entry((message, part)).or_insert(Grown {
                kind,
                cursor,
                deltas: Vec::new(),
            });
        }
    }
}

fn text_of(part: &Part) -> Option<&str> {
    match part {
        Part::Text { text, .. } | Part::Reasoning { text, .. } => Some(text),
        Part::Tool(_) | Part::Other(_) => None,
    }
}

/// What SQL holds of a text, continued by its deltas, and not beyond the last of them.
fn text_so_far(stored: Option<&str>, deltas: &[ContentDelta]) -> String {
    let mut text: Vec<char> = stored.unwrap_or_default().chars().collect();
    let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    for delta in deltas {
        let from = place(delta.offset);
        if from <= text.len() {
            let known = text.len() - from;
            text.extend(delta.delta.chars().skip(known));
        }
    }
    if let Some(last) = deltas.last() {
        text.truncate(place(last.offset).saturating_add(last.delta.chars().count()));
    }
    text.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(offset: u64, text: &str) -> ContentDelta {
        ContentDelta {
            message_id: MessageId(uuid::Uuid::nil()),
            part: 0,
            kind: PartKind::Text,
            offset,
            delta: text.into(),
        }
    }

    #[test]
    fn deltas_continue_a_checkpoint_without_doubling() {
        let deltas = [delta(2, "llo"), delta(5, " wörld")];
        assert_eq!(text_so_far(Some("hell"), &deltas), "hello wörld");
        assert_eq!(text_so_far(Some("he"), &deltas), "hello wörld");
    }

    #[test]
    fn a_resync_never_covers_more_than_its_last_frame() {
        assert_eq!(text_so_far(Some("hello world"), &[delta(0, "he")]), "he");
        assert_eq!(text_so_far(Some("hello"), &[]), "hello");
    }
}
