//! The text that a running answer has and its row has not yet: laid over the stored parts.

use std::collections::HashMap;

use weald_domain::{
    event::SessionEvent,
    message::{Message, Part, PartKind, Role, TextState, ToolState, Trust},
};

/// Whether the model still writes this message.
pub(super) fn is_open(message: &Message) -> bool {
    message.role == Role::Assistant && message.metadata.finish_reason.is_none()
}

/// Writes the deltas of a live log into the parts of a message. What is there already is cut off:
/// a delta says how much stands before it. A delta that does not fit on is left out.
pub(super) fn write(message: &mut Message, events: impl IntoIterator<Item = SessionEvent>) {
    let id = message.id;
    let mut tail = Tail {
        parts: &mut message.parts,
        lengths: HashMap::new(),
    };
    for event in events {
        if let SessionEvent::ContentDelta(delta) = &event {
            if delta.message_id == id {
                tail.text(delta.part, delta.kind, delta.offset, &delta.delta);
            }
        } else if let SessionEvent::Resync(resync) = &event {
            if resync.message_id == id {
                tail.text(resync.part, resync.kind, 0, &resync.text);
            }
        } else if let SessionEvent::ToolCallArgsDelta(delta) = &event
            && delta.message_id == id
        {
            tail.args(delta.part, delta.offset, &delta.delta);
        }
    }
}

struct Tail<'a> {
    parts: &'a mut Vec<Part>,
    /// Unicode scalar values by part, counted once.
    lengths: HashMap<u32, u64>,
}

impl Tail<'_> {
    /// A piece of a text; a part that only just began is made.
    fn text(&mut self, part: u32, kind: PartKind, offset: u64, delta: &str) {
        if part as usize == self.parts.len() {
            self.parts.push(begun(kind));
        }
        match (self.parts.get_mut(part as usize), kind) {
            (Some(Part::Text { text, .. }), PartKind::Text)
            | (Some(Part::Reasoning { text, .. }), PartKind::Reasoning) => {
                append(self.lengths.entry(part), text, offset, delta);
            }
            (Some(_) | None, PartKind::Text | PartKind::Reasoning) => {}
        }
    }

    /// A piece of a call's arguments.
    fn args(&mut self, part: u32, offset: u64, delta: &str) {
        if let Some(Part::Tool(tool)) = self.parts.get_mut(part as usize)
            && let ToolState::InputStreaming { raw } = &mut tool.state
        {
            append(self.lengths.entry(part), raw, offset, delta);
        }
    }
}

fn begun(kind: PartKind) -> Part {
    let (text, state) = (String::new(), TextState::Streaming);
    match kind {
        PartKind::Text => Part::Text {
            text,
            state,
            trust: Trust::Model,
        },
        PartKind::Reasoning => Part::Reasoning {
            text,
            state,
            provider: None,
        },
    }
}

/// Appends what lies beyond the text's end.
fn append(
    length: std::collections::hash_map::Entry<'_, u32, u64>,
    text: &mut String,
    offset: u64,
    delta: &str,
) {
    let have = length.or_insert_with(|| text.chars().count() as u64);
    if offset <= *have {
        let known = usize::try_from(*have - offset).unwrap_or(usize::MAX);
        for c in delta.chars().skip(known) {
            text.push(c);
            *have += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use weald_domain::{
        event::session::ContentDelta, id::MessageId, message::MessageMetadata, time::UnixMillis,
    };

    fn message(parts: Vec<Part>) -> Message {
        Message {
            id: MessageId(Uuid::from_u128(1)),
            conversation_id: Uuid::from_u128(2).into(),
            parent_id: None,
            session_id: None,
            role: Role::Assistant,
            parts,
            metadata: MessageMetadata::default(),
            created_at: UnixMillis(0),
            updated_at: UnixMillis(0),
        }
    }

    fn delta(of: u128, part: u32, offset: u64, delta: &str) -> SessionEvent {
        SessionEvent::from(ContentDelta {
            message_id: MessageId(Uuid::from_u128(of)),
            part,
            kind: PartKind::Text,
            offset,
            delta: delta.into(),
        })
    }

    #[test]
    fn overlaps_are_cut_and_gaps_are_left() {
        let mut stored = begun(PartKind::Text);
        if let Part::Text { text, .. } = &mut stored {
            text.push_str("häl");
        }
        let mut message = message(vec![stored]);
        write(
            &mut message,
            [
                delta(1, 0, 0, "hä"),
                delta(1, 0, 2, "llo"),
                delta(9, 0, 5, "of another message"),
                delta(1, 0, 99, "too far"),
                delta(1, 1, 0, "next"),
            ],
        );
        let texts: Vec<_> = message.parts.iter().filter_map(Part::text).collect();
        assert_eq!(texts, ["hällo", "next"]);
    }
}
