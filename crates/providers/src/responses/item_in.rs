//! The output items of a response: each has an index, a kind, pieces and an end.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use weald_domain::{
    limits::PROVIDER_DATA_MAX,
    message::FinishReason,
    model::{ModelError, ModelEvent},
};

use super::reasoning;
use crate::{bare_call::BareCall, failure};

/// The items of one response.
#[derive(Debug, Default)]
pub(super) struct Items {
    items: BTreeMap<u64, Item>,
    calls: u32,
    bare: BareCall,
}

#[derive(Debug)]
struct Item {
    kind: Kind,
    /// Bytes of it that were told.
    told: usize,
    /// Which piece of a summary is being told.
    piece: Option<u64>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Message,
    Reasoning,
    Call(u32),
    /// A kind without a word of its own, kept raw.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Done,
}

impl Items {
    pub(super) const fn has_calls(&self) -> bool {
        self.calls > 0
    }

    /// An item begins.
    pub(super) fn begin(&mut self, at: u64, item: &Value, out: &mut Vec<ModelEvent>) {
        if self.items.contains_key(&at) {
            return;
        }
        self.bare.tell(out);
        let text = |member: &str| item.get(member).and_then(Value::as_str).unwrap_or("");
        let kind = match text("type") {
            "message" => Kind::Message,
            "reasoning" => Kind::Reasoning,
            "function_call" => {
                let index = self.calls;
                self.calls += 1;
                out.push(ModelEvent::ToolCall {
                    index,
                    id: text("call_id").to_owned(),
                    name: text("name").to_owned(),
                });
                Kind::Call(index)
            }
            _ => Kind::Other,
        };
        self.items.insert(at, Item::new(kind));
    }

    /// A piece of the text of an answer.
    pub(super) fn text(&mut self, at: u64, piece: String, out: &mut Vec<ModelEvent>) {
        self.item(at, Kind::Message).told += piece.len();
        push(ModelEvent::Text, piece, out);
    }

    /// A piece of a thought, which may have several parts.
    pub(super) fn thought(
        &mut self,
        at: u64,
        part: Option<u64>,
        piece: String,
        out: &mut Vec<ModelEvent>,
    ) {
        let item = self.item(at, Kind::Reasoning);
        if part.is_some() && item.piece.is_some() && item.piece != part {
            out.push(ModelEvent::Reasoning("\n\n".to_owned()));
        }
        item.piece = part.or(item.piece);
        item.told += piece.len();
        push(ModelEvent::Reasoning, piece, out);
    }

    /// A piece of the arguments of a call.
    pub(super) fn arguments(&mut self, at: u64, piece: String, out: &mut Vec<ModelEvent>) {
        let item = self.item(at, Kind::Other);
        item.told += piece.len();
        match item.kind {
            Kind::Call(index) if !piece.is_empty() => out.push(ModelEvent::ToolArgs {
                index,
                delta: piece,
            }),
            Kind::Call(_) => {}
            Kind::Message | Kind::Reasoning | Kind::Other => {
                out.push(ModelEvent::Unknown(json!({"arguments": piece})));
            }
        }
    }

    /// An item came whole: what of it was not told yet is told now.
    pub(super) fn done(
        &mut self,
        at: u64,
        item: Value,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        self.begin(at, &item, out);
        let known = self.item(at, Kind::Other);
        if known.stage == Stage::Done {
            return Ok(());
        }
        known.stage = Stage::Done;
        let (kind, told) = (known.kind, known.told);
        let Value::Object(members) = item else {
            out.push(ModelEvent::Unknown(item));
            return Ok(());
        };
        match kind {
            Kind::Message => push(ModelEvent::Text, rest(&message_text(&members), told), out),
            Kind::Reasoning => {
                if told == 0 {
                    push(ModelEvent::Reasoning, reasoning::text(&members), out);
                }
                if let Some(kept) = reasoning::kept(&members) {
                    if kept.to_string().len() > PROVIDER_DATA_MAX {
                        return Err(failure::provider_data_too_large());
                    }
                    out.push(ModelEvent::ReasoningProvider(kept));
                }
            }
            Kind::Call(index) => {
                let whole = members.get("arguments").and_then(Value::as_str);
                let delta = rest(whole.unwrap_or(""), told);
                if told == 0 && delta.trim().is_empty() {
                    self.bare.hold(index, out);
                } else if !delta.is_empty() {
                    out.push(ModelEvent::ToolArgs { index, delta });
                }
            }
            Kind::Other => out.push(ModelEvent::Unknown(Value::Object(members))),
        }
        Ok(())
    }

    /// The response is over.
    pub(super) fn end(&mut self, finish: FinishReason, out: &mut Vec<ModelEvent>) {
        self.bare.settle(finish, out);
    }

    fn item(&mut self, at: u64, kind: Kind) -> &mut Item {
        self.items.entry(at).or_insert_with(|| Item::new(kind))
    }
}

impl Item {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            told: 0,
            piece: None,
            stage: Stage::Open,
        }
    }
}

fn push(event: fn(String) -> ModelEvent, text: String, out: &mut Vec<ModelEvent>) {
    if !text.is_empty() {
        out.push(event(text));
    }
}

/// What of a text was not told; nothing when it is not the one that was told.
fn rest(whole: &str, told: usize) -> String {
    whole.get(told..).unwrap_or("").to_owned()
}

fn message_text(item: &Map<String, Value>) -> String {
    let pieces = item.get("content").and_then(Value::as_array);
    let text = |piece: &Value| {
        let text = piece.get("text").or(piece.get("refusal"))?.as_str()?;
        Some(text.to_owned())
    };
    let pieces = pieces.map(Vec::as_slice).unwrap_or_default();
    pieces.iter().filter_map(text).collect()
}
