//! Thinking on this wire: three spellings in, the same spelling out when it must be replayed.
//!
//! What a provider needs to see again travels as one JSON object beside the reasoning:
//! `{"field": "reasoning_content"}` names the member the text came in, `reasoning_details` holds
//! the blocks of `OpenRouter` with their signatures.

use serde_json::{Map, Value, json};
use weald_domain::{limits::PROVIDER_DATA_MAX, message::Part, model::ContextMessage};

use super::{Dialect, message_out::Turn};
use crate::opaque;

const FIELDS: [&str; 2] = ["reasoning", "reasoning_content"];
const DETAILS: &str = "reasoning_details";

/// Gathers what a stream says of its reasoning, to be replayed later.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    field: Option<&'static str>,
    /// A plain text repeats what the blocks say; once one was seen, their text is not read.
    has_plain_text: bool,
    details: Vec<Value>,
    /// Bytes of the blocks, as they came.
    bytes: usize,
}

impl Gathered {
    /// Takes the reasoning members out of a delta and returns the text in them.
    pub(super) fn take_from(&mut self, delta: &mut Map<String, Value>) -> String {
        let mut text = String::new();
        for field in FIELDS {
            match delta.remove(field) {
                Some(Value::String(piece)) => {
                    // Some servers send both spellings with the same text.
                    if !piece.is_empty() && piece != text {
                        self.field.get_or_insert(field);
                        self.has_plain_text = true;
                        text.push_str(&piece);
                    }
                }
                Some(Value::Null) | None => {}
                Some(other) => {
                    delta.insert(field.into(), other);
                }
            }
        }
        match delta.remove(DETAILS) {
            Some(Value::Array(details)) => {
                let said: String = details.iter().filter_map(detail_text).collect();
                details.into_iter().for_each(|detail| self.add(detail));
                if self.has_plain_text { text } else { said }
            }
            Some(Value::Null) | None => text,
            Some(other) => {
                self.details.push(other);
                text
            }
        }
    }

    /// What must be replayed with the reasoning so far, once.
    pub(super) fn take(&mut self) -> Option<Value> {
        let mut members = Map::new();
        if let Some(field) = self.field.take() {
            members.insert("field".into(), json!(field));
        }
        if !self.details.is_empty() {
            let details = std::mem::take(&mut self.details);
            members.insert(DETAILS.into(), Value::Array(details));
        }
        (!members.is_empty()).then_some(Value::Object(members))
    }

    /// Whether more came than is kept.
    pub(super) const fn is_too_large(&self) -> bool {
        self.bytes > PROVIDER_DATA_MAX
    }

    /// Pieces of one block are one block again, as in an answer that is not streamed.
    fn add(&mut self, detail: Value) {
        self.bytes += detail.to_string().len();
        let Value::Object(piece) = detail else {
            self.details.push(detail);
            return;
        };
        match self.details.last_mut().and_then(Value::as_object_mut) {
            Some(block) if continues(block, &piece) => extend(block, piece),
            _ => self.details.push(Value::Object(piece)),
        }
    }
}

fn detail_text(detail: &Value) -> Option<&str> {
    ["text", "summary"]
        .into_iter()
        .find_map(|member| detail.get(member).and_then(Value::as_str))
}

fn continues(block: &Map<String, Value>, piece: &Map<String, Value>) -> bool {
    let same = |member: &str| block.get(member) == piece.get(member);
    let is_set =
        |map: &Map<String, Value>, member: &str| map.get(member).is_some_and(|v| !v.is_null());
    let kind = piece.get("type").and_then(Value::as_str);
    let is_text = matches!(kind, Some("reasoning.text" | "reasoning.summary"));
    is_text && same("type") && same("index") && !is_set(block, "signature")
}

fn extend(block: &mut Map<String, Value>, piece: Map<String, Value>) {
    for (member, value) in piece {
        match (member.as_str(), block.get_mut(&member), value) {
            ("text" | "summary", Some(Value::String(text)), Value::String(more)) => {
                text.push_str(&more);
            }
            (_, Some(Value::Null) | None, value) => {
                block.insert(member, value);
            }
            (_, Some(_), _) => {}
        }
    }
}

/// The reasoning of an assistant message in its wire form.
///
/// Blocks always go back: their signatures cover the calls that follow. A plain text goes back
/// inside the running turn, and from then on only if tools were called in its turn: some servers
/// demand it there, and none wants it anywhere else.
pub(super) fn replayed(
    message: &ContextMessage,
    model: &str,
    dialect: Dialect,
    turn: Turn,
) -> Map<String, Value> {
    let mut members = Map::new();
    if dialect == Dialect::Openai {
        return members;
    }
    let mut details = vec![];
    let mut field = None;
    let mut said = String::new();
    for part in &message.parts {
        if let Part::Reasoning { text, provider, .. } = part {
            said.push_str(text);
            for kept in opaque::all(provider.as_ref()) {
                let blocks = kept.get(DETAILS).and_then(Value::as_array);
                details.extend(blocks.into_iter().flatten().cloned());
                let named = kept.get("field").and_then(Value::as_str);
                field = field.or_else(|| FIELDS.into_iter().find(|known| Some(*known) == named));
            }
        }
    }
    if !details.is_empty() {
        members.insert(DETAILS.into(), Value::Array(details));
        return members;
    }
    if let Some(field) = field {
        if turn.has_calls || !turn.is_over {
            members.insert(field.into(), json!(said));
        }
    } else if turn.has_calls && dialect == Dialect::Compatible && is_deepseek(model) {
        members.insert("reasoning_content".into(), json!(""));
    }
    members
}

/// Whether a model is one of those that refuse a turn with calls when a message of it, whoever
/// wrote it, says nothing of its reasoning. The first ones that reasoned knew no such rule.
fn is_deepseek(model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    model.contains("deepseek") && !model.contains("r1")
}
