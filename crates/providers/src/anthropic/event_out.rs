//! [`ModelEvent`]s as the events that a server of this wire streams.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, Usage},
};

use super::{WIRE, usage};
use crate::frame_out::Frame;

/// Writes the events of one answer.
#[derive(Debug)]
pub struct EventEncoder {
    id: String,
    model: String,
    usage: Usage,
    opening: Opening,
    blocks: u64,
    /// The block of text or thinking that is being written.
    open: Option<(u64, Kind)>,
    /// The blocks of the calls; they stay open to the end, since calls may come side by side.
    calls: BTreeMap<u32, u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Due,
    Written,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Thinking,
}

impl EventEncoder {
    /// The events of the answer `id` of `model`.
    #[must_use]
    pub const fn new(id: String, model: String) -> Self {
        Self {
            id,
            model,
            usage: Usage {
                input: 0,
                output: 0,
                cache_read: 0,
                cache_write: 0,
                reasoning: 0,
                total: 0,
                requests: 0,
            },
            opening: Opening::Due,
            blocks: 0,
            open: None,
            calls: BTreeMap::new(),
        }
    }

    /// The events that tell of `event`: none for what this wire has no word for.
    pub fn encode(&mut self, event: &ModelEvent) -> Vec<Frame> {
        let mut out = vec![];
        match event {
            ModelEvent::Silent(_) | ModelEvent::Unknown(_) => return out,
            ModelEvent::Usage(usage) => {
                self.usage = *usage;
                return out;
            }
            ModelEvent::Text(_)
            | ModelEvent::Reasoning(_)
            | ModelEvent::ReasoningProvider(_)
            | ModelEvent::ToolCall { .. }
            | ModelEvent::ToolArgs { .. }
            | ModelEvent::Finished(_) => self.begin(&mut out),
        }
        match event {
            ModelEvent::Text(text) => {
                let at = self.block(Kind::Text, &mut out);
                out.push(delta(at, &json!({"type": "text_delta", "text": text})));
            }
            ModelEvent::Reasoning(text) => {
                let at = self.block(Kind::Thinking, &mut out);
                out.push(delta(
                    at,
                    &json!({"type": "thinking_delta", "thinking": text}),
                ));
            }
            ModelEvent::ReasoningProvider(value) => self.kept(value, &mut out),
            ModelEvent::ToolCall { index, id, name } => {
                self.close(&mut out);
                let block = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
                let at = self.start(&block, &mut out);
                self.calls.insert(*index, at);
            }
            ModelEvent::ToolArgs {
                index,
                delta: piece,
            } => {
                if let Some(at) = self.calls.get(index) {
                    let piece = json!({"type": "input_json_delta", "partial_json": piece});
                    out.push(delta(*at, &piece));
                }
            }
            ModelEvent::Finished(reason) => self.finish(*reason, &mut out),
            ModelEvent::Usage(_) | ModelEvent::Silent(_) | ModelEvent::Unknown(_) => {}
        }
        out
    }

    fn begin(&mut self, out: &mut Vec<Frame>) {
        if self.opening == Opening::Written {
            return;
        }
        self.opening = Opening::Written;
        let message = json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model,
            "content": [], "stop_reason": null, "stop_sequence": null,
            "usage": usage::encode(&Usage::default()),
        });
        out.push(frame("message_start", &json!({"message": message})));
    }

    /// The open block of a kind; another one is closed before.
    fn block(&mut self, kind: Kind, out: &mut Vec<Frame>) -> u64 {
        if let Some((at, open)) = self.open
            && open == kind
        {
            return at;
        }
        self.close(out);
        let at = self.start(
            &match kind {
                Kind::Text => json!({"type": "text", "text": ""}),
                Kind::Thinking => json!({"type": "thinking", "thinking": "", "signature": ""}),
            },
            out,
        );
        self.open = Some((at, kind));
        at
    }

    fn start(&mut self, block: &Value, out: &mut Vec<Frame>) -> u64 {
        let at = self.blocks;
        self.blocks += 1;
        let start = json!({"index": at, "content_block": block});
        out.push(frame("content_block_start", &start));
        at
    }

    fn close(&mut self, out: &mut Vec<Frame>) {
        if let Some((at, _)) = self.open.take() {
            out.push(frame("content_block_stop", &json!({"index": at})));
        }
    }

    fn kept(&mut self, value: &Value, out: &mut Vec<Frame>) {
        let text = |member: &str| value.get(member).and_then(Value::as_str);
        if text("wire") != Some(WIRE) {
            return;
        }
        match (text("type"), text("signature"), value.get("data")) {
            (Some("thinking"), Some(signature), _) => {
                let at = self.block(Kind::Thinking, out);
                let signature = json!({"type": "signature_delta", "signature": signature});
                out.push(delta(at, &signature));
                self.close(out);
            }
            (Some("redacted_thinking"), _, Some(data)) => {
                self.close(out);
                let block = json!({"type": "redacted_thinking", "data": data});
                let at = self.start(&block, out);
                out.push(frame("content_block_stop", &json!({"index": at})));
            }
            _ => {}
        }
    }

    fn finish(&mut self, reason: FinishReason, out: &mut Vec<Frame>) {
        self.close(out);
        for at in std::mem::take(&mut self.calls).into_values() {
            out.push(frame("content_block_stop", &json!({"index": at})));
        }
        let reason = match reason {
            FinishReason::Stop | FinishReason::Interrupted | FinishReason::Error => "end_turn",
            FinishReason::ToolCalls => "tool_use",
            FinishReason::Length => "max_tokens",
            FinishReason::ContentFilter => "refusal",
        };
        let end = json!({
            "delta": {"stop_reason": reason, "stop_sequence": null},
            "usage": usage::encode(&self.usage),
        });
        out.push(frame("message_delta", &end));
        out.push(frame("message_stop", &json!({})));
    }
}

fn delta(at: u64, delta: &Value) -> Frame {
    frame("content_block_delta", &json!({"index": at, "delta": delta}))
}

fn frame(kind: &'static str, members: &Value) -> Frame {
    let mut members = members.clone();
    members["type"] = json!(kind);
    Frame::named(kind, &members)
}
