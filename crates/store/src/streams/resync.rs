//! Catching up without the deltas: for each text that has grown, one `resync` with the text so far.

use std::collections::{BTreeMap, HashSet};

use weald_domain::{
    cursor::Cursor,
    event::{Envelope, SessionEvent, session::Resync},
    id::{MessageId, SessionId},
    message::{Part, PartKind, TextState},
    ports::{Frame, StoreError},
};

use super::{
    backlog::{Grown, Place, Run},
    catch_up::History,
};
use crate::{
    bus::log_writer::envelope,
    sql::{Read, Row, Sql, column, events, sql},
    store::Store,
};

struct Made(MessageId);

impl Read for Made {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

impl Store {
    /// A history with a `resync` in place of the deltas of each part.
    pub(super) async fn resynced(
        &self,
        session: SessionId,
        mut history: History,
    ) -> Result<Vec<Frame>, StoreError> {
        let mut grown = std::mem::take(&mut history.grown);
        let mut reader = self.reader().await?;
        let mut messages: HashSet<MessageId> = grown.keys().map(|(message, _)| *message).collect();
        if history.trimmed.is_some() {
            // Deltas are missing: any text of the session may have grown.
            let rows: Vec<Made> = reader
                .all(
                    sql("SELECT id FROM message WHERE session_id = ? AND role = 'assistant'")
                        .bind(session),
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
            let text = text_so_far(stored.and_then(text_of), &one.runs);
            let event = SessionEvent::from(Resync {
                message_id: message,
                part,
                kind: one.kind,
                offset: 0,
                text,
            });
            out.extend(framed(self, session, one.cursor, &event).await?);
        }
        out.extend(history.frames);
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
                runs: Vec::new(),
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

/// What SQL holds of a text, continued by the log, and not beyond the last frame of it.
fn text_so_far(stored: Option<&str>, runs: &[Run]) -> String {
    let mut text = stored.unwrap_or_default().to_owned();
    let mut length = text.chars().count() as u64;
    for run in runs {
        if run.offset <= length && run.offset + run.length > length {
            text.push_str(from(&run.text, length - run.offset));
            length = run.offset + run.length;
        }
    }
    if let Some(last) = runs.last() {
        let rest = from(&text, last.offset + last.length).len();
        text.truncate(text.len() - rest);
    }
    text
}

/// A text from a character on.
fn from(text: &str, place: u64) -> &str {
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    let at = text
        .char_indices()
        .nth(place)
        .map_or(text.len(), |(at, _)| at);
    &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(offset: u64, text: &str) -> Run {
        Run {
            offset,
            length: text.chars().count() as u64,
            text: text.into(),
        }
    }

    #[test]
    fn the_log_continues_a_checkpoint_without_doubling() {
        let runs = [run(2, "llo"), run(5, " wörld")];
        assert_eq!(text_so_far(Some("hell"), &runs), "hello wörld");
        assert_eq!(text_so_far(Some("he"), &runs), "hello wörld");
        assert_eq!(text_so_far(Some("hello wö"), &runs), "hello wörld");
        assert_eq!(text_so_far(None, &runs), "");
    }

    #[test]
    fn a_resync_never_covers_more_than_its_last_frame() {
        assert_eq!(text_so_far(Some("hello world"), &[run(0, "he")]), "he");
        assert_eq!(text_so_far(Some("hello"), &[]), "hello");
    }
}
