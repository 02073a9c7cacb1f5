//! The content blocks of an answer: each has an index, a kind, pieces and an end.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use weald_domain::{
    limits::PROVIDER_DATA_MAX,
    message::FinishReason,
    model::{ModelError, ModelEvent},
};

use super::thinking;
use crate::{bare_call::BareCall, failure};

/// The blocks of one answer that have begun and not ended.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    open: BTreeMap<u64, Block>,
    calls: u32,
    bare: BareCall,
}

#[derive(Debug)]
enum Block {
    Text,
    Thinking {
        /// Unicode scalar values so far.
        length: usize,
        signature: String,
    },
    Call {
        index: u32,
        /// Arguments that stood in the head of the block.
        input: Option<Value>,
    },
    /// A kind without a word of its own; its pieces are kept raw.
    Other,
}

impl Blocks {
    pub(super) const fn has_calls(&self) -> bool {
        self.calls > 0
    }

    pub(super) fn start(&mut self, mut event: Map<String, Value>, out: &mut Vec<ModelEvent>) {
        let index = index_of(&event);
        match event.remove("content_block") {
            Some(Value::Object(block)) => self.begin(index, block, out),
            other => out.push(ModelEvent::Unknown(json!({"content_block": other}))),
        }
    }

    /// A block that comes whole.
    pub(super) fn whole(
        &mut self,
        index: u64,
        block: Value,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        let Value::Object(block) = block else {
            out.push(ModelEvent::Unknown(json!({"content": [block]})));
            return Ok(());
        };
        self.begin(index, block, out);
        self.end(index, out);
        Ok(())
    }

    fn begin(&mut self, index: u64, block: Map<String, Value>, out: &mut Vec<ModelEvent>) {
        self.end(index, out);
        self.bare.tell(out);
        let text = |member: &str| block.get(member).and_then(Value::as_str).unwrap_or("");
        let begun = match text("type") {
            "text" => {
                push_text(text("text"), out);
                Block::Text
            }
            "thinking" => {
                let said = text("thinking");
                push_thought(said, out);
                Block::Thinking {
                    length: said.chars().count(),
                    signature: text("signature").to_owned(),
                }
            }
            "redacted_thinking" => {
                let data = block.get("data").unwrap_or(&Value::Null);
                out.push(ModelEvent::ReasoningProvider(thinking::redacted(data)));
                Block::Other
            }
            "tool_use" => {
                let call = self.calls;
                self.calls += 1;
                out.push(ModelEvent::ToolCall {
                    index: call,
                    id: text("id").to_owned(),
                    name: text("name").to_owned(),
                });
                let input = block.get("input");
                Block::Call {
                    index: call,
                    input: Some(input.cloned().unwrap_or_else(|| json!({}))),
                }
            }
            _ => {
                out.push(ModelEvent::Unknown(Value::Object(block)));
                Block::Other
            }
        };
        self.open.insert(index, begun);
    }

    pub(super) fn delta(
        &mut self,
        mut event: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        let index = index_of(&event);
        let Some(Value::Object(mut delta)) = event.remove("delta") else {
            out.push(ModelEvent::Unknown(Value::Object(event)));
            return Ok(());
        };
        let kind = delta.get("type").and_then(Value::as_str).unwrap_or("");
        let member = match kind {
            "text_delta" => "text",
            "thinking_delta" => "thinking",
            "signature_delta" => "signature",
            "input_json_delta" => "partial_json",
            _ => "",
        };
        let piece = match delta.remove(member) {
            Some(Value::String(piece)) => piece,
            _ => {
                out.push(ModelEvent::Unknown(Value::Object(delta)));
                return Ok(());
            }
        };
        let block = self.open.entry(index).or_insert_with(|| match member {
            "thinking" | "signature" => Block::Thinking {
                length: 0,
                signature: String::new(),
            },
            "text" => Block::Text,
            _ => Block::Other,
        });
        match (member, block) {
            ("text", _) => push_text(&piece, out),
            ("thinking", block) => {
                if let Block::Thinking { length, .. } = block {
                    *length += piece.chars().count();
                }
                push_thought(&piece, out);
            }
            ("signature", Block::Thinking { signature, .. }) => {
                if signature.len() + piece.len() > PROVIDER_DATA_MAX {
                    return Err(failure::provider_data_too_large());
                }
                signature.push_str(&piece);
            }
            ("partial_json", Block::Call { index, input }) => {
                if !piece.is_empty() {
                    *input = None;
                    let (index, delta) = (*index, piece);
                    out.push(ModelEvent::ToolArgs { index, delta });
                }
            }
            (member, _) => out.push(ModelEvent::Unknown(json!({member: piece}))),
        }
        Ok(())
    }

    pub(super) fn stop(&mut self, event: &Map<String, Value>, out: &mut Vec<ModelEvent>) {
        self.end(index_of(event), out);
    }

    pub(super) fn stop_all(&mut self, finish: FinishReason, out: &mut Vec<ModelEvent>) {
        while let Some(index) = self.open.keys().next().copied() {
            self.end(index, out);
        }
        self.settle(finish, out);
    }

    /// It is known how the answer ends.
    pub(super) fn settle(&mut self, finish: FinishReason, out: &mut Vec<ModelEvent>) {
        self.bare.settle(finish, out);
    }

    fn end(&mut self, index: u64, out: &mut Vec<ModelEvent>) {
        match self.open.remove(&index) {
            Some(Block::Thinking { length, signature }) if !signature.is_empty() => {
                let kept = thinking::signed(length, &signature);
                out.push(ModelEvent::ReasoningProvider(kept));
            }
            Some(Block::Call {
                index,
                input: Some(Value::Object(input)),
            }) if input.is_empty() => {
                self.bare.hold(index, out);
            }
            Some(Block::Call {
                index,
                input: Some(input),
            }) => out.push(ModelEvent::ToolArgs {
                index,
                delta: input.to_string(),
            }),
            Some(
                Block::Text
                | Block::Thinking { .. }
                | Block::Call { input: None, .. }
                | Block::Other,
            )
            | None => {}
        }
    }
}

fn index_of(event: &Map<String, Value>) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or(0)
}

fn push_text(text: &str, out: &mut Vec<ModelEvent>) {
    if !text.is_empty() {
        out.push(ModelEvent::Text(text.to_owned()));
    }
}

fn push_thought(text: &str, out: &mut Vec<ModelEvent>) {
    if !text.is_empty() {
        out.push(ModelEvent::Reasoning(text.to_owned()));
    }
}
