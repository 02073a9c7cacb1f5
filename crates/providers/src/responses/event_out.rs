//! [`ModelEvent`]s as the events that a server of this wire streams.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, Usage},
};

use super::{WIRE, usage};
use crate::frame_out::Frame;

/// Writes the events of one response.
#[derive(Debug)]
pub struct EventEncoder {
    id: String,
    model: String,
    created: i64,
    usage: Option<Usage>,
    opening: Opening,
    sequence: u64,
    /// The items so far, finished or not.
    output: Vec<Value>,
    /// The item of text or reasoning that is being written, and its text.
    open: Option<(usize, Kind, String)>,
    /// The items of the calls, and their arguments; calls may come side by side.
    calls: BTreeMap<u32, (usize, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Due,
    Written,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Message,
    Reasoning,
}

impl EventEncoder {
    /// The events of the response `id` of `model`, made at `created` (Unix seconds).
    #[must_use]
    pub const fn new(id: String, model: String, created: i64) -> Self {
        Self {
            id,
            model,
            created,
            usage: None,
            opening: Opening::Due,
            sequence: 0,
            output: vec![],
            open: None,
            calls: BTreeMap::new(),
        }
    }

    /// The events that tell of `event`: none for what this wire has no word for.
    pub fn encode(&mut self, event: &ModelEvent) -> Vec<Frame> {
        let mut out = vec![];
        match event {
            ModelEvent::Silent(_) | ModelEvent::Unknown(_) => {}
            ModelEvent::Usage(usage) => self.usage = Some(*usage),
            ModelEvent::Text(text) => self.piece(Kind::Message, text, &mut out),
            ModelEvent::Reasoning(text) => self.piece(Kind::Reasoning, text, &mut out),
            ModelEvent::ReasoningProvider(value) => self.kept(value, &mut out),
            ModelEvent::ToolCall { index, id, name } => {
                self.begin(&mut out);
                self.close(None, &mut out);
                let at = self.add(
                    json!({
                        "id": format!("fc_{}_{}", self.id, self.output.len()),
                        "type": "function_call", "status": "in_progress", "call_id": id,
                        "name": name, "arguments": "",
                    }),
                    &mut out,
                );
                self.calls.insert(*index, (at, String::new()));
            }
            ModelEvent::ToolArgs { index, delta } => {
                if let Some((at, arguments)) = self.calls.get_mut(index) {
                    arguments.push_str(delta);
                    let at = *at;
                    let id = self.id_of(at);
                    let piece = json!({"item_id": id, "output_index": at, "delta": delta});
                    let kind = "response.function_call_arguments.delta";
                    self.event(kind, piece, &mut out);
                }
            }
            ModelEvent::Finished(reason) => self.finish(*reason, &mut out),
        }
        out
    }

    fn event(&mut self, kind: &'static str, mut members: Value, out: &mut Vec<Frame>) {
        members["type"] = json!(kind);
        members["sequence_number"] = json!(self.sequence);
        self.sequence += 1;
        out.push(Frame::named(kind, &members));
    }

    fn begin(&mut self, out: &mut Vec<Frame>) {
        if self.opening == Opening::Written {
            return;
        }
        self.opening = Opening::Written;
        for kind in ["response.created", "response.in_progress"] {
            let response = self.response("in_progress");
            self.event(kind, json!({"response": response}), out);
        }
    }

    fn response(&self, status: &str) -> Value {
        json!({
            "id": self.id, "object": "response", "created_at": self.created, "status": status,
            "model": self.model, "output": self.output, "error": null,
            "incomplete_details": null, "usage": self.usage.as_ref().map(usage::encode),
        })
    }

    fn id_of(&self, at: usize) -> Value {
        let item = self.output.get(at);
        item.and_then(|item| item.get("id"))
            .cloned()
            .unwrap_or_default()
    }

    fn add(&mut self, item: Value, out: &mut Vec<Frame>) -> usize {
        let at = self.output.len();
        self.output.push(item.clone());
        let added = json!({"output_index": at, "item": item});
        self.event("response.output_item.added", added, out);
        at
    }

    /// An item is whole.
    fn done(&mut self, at: usize, item: Value, out: &mut Vec<Frame>) {
        if let Some(place) = self.output.get_mut(at) {
            place.clone_from(&item);
        }
        let done = json!({"output_index": at, "item": item});
        self.event("response.output_item.done", done, out);
    }

    fn piece(&mut self, kind: Kind, text: &str, out: &mut Vec<Frame>) {
        self.begin(out);
        if self.open.as_ref().is_none_or(|(_, open, _)| *open != kind) {
            self.close(None, out);
            self.open_item(kind, out);
        }
        let Some((at, _, said)) = &mut self.open else {
            return;
        };
        said.push_str(text);
        let at = *at;
        let id = self.id_of(at);
        let (event, piece) = match kind {
            Kind::Message => (
                "response.output_text.delta",
                json!({"item_id": id, "output_index": at, "content_index": 0, "delta": text}),
            ),
            Kind::Reasoning => (
                "response.reasoning_summary_text.delta",
                json!({"item_id": id, "output_index": at, "summary_index": 0, "delta": text}),
            ),
        };
        self.event(event, piece, out);
    }

    fn open_item(&mut self, kind: Kind, out: &mut Vec<Frame>) {
        let number = self.output.len();
        let (item, event, part) = match kind {
            Kind::Message => (
                json!({
                    "id": format!("msg_{}_{number}", self.id), "type": "message",
                    "status": "in_progress", "role": "assistant", "content": [],
                }),
                "response.content_part.added",
                json!({"content_index": 0, "part": text_part("")}),
            ),
            Kind::Reasoning => (
                json!({
                    "id": format!("rs_{}_{number}", self.id), "type": "reasoning", "summary": [],
                }),
                "response.reasoning_summary_part.added",
                json!({"summary_index": 0, "part": {"type": "summary_text", "text": ""}}),
            ),
        };
        let at = self.add(item, out);
        let mut part = part;
        part["item_id"] = self.id_of(at);
        part["output_index"] = json!(at);
        self.event(event, part, out);
        self.open = Some((at, kind, String::new()));
    }

    /// Ends the item that is being written; `sealed` is the reasoning item as its maker had it.
    fn close(&mut self, sealed: Option<&Value>, out: &mut Vec<Frame>) {
        let Some((at, kind, said)) = self.open.take() else {
            return;
        };
        let id = self.id_of(at);
        match kind {
            Kind::Message => {
                let done = json!({
                    "item_id": id, "output_index": at, "content_index": 0, "text": said,
                });
                self.event("response.output_text.done", done, out);
                let part = json!({
                    "item_id": id, "output_index": at, "content_index": 0,
                    "part": text_part(&said),
                });
                self.event("response.content_part.done", part, out);
                let item = json!({
                    "id": id, "type": "message", "status": "completed", "role": "assistant",
                    "content": [text_part(&said)],
                });
                self.done(at, item, out);
            }
            Kind::Reasoning => {
                let part = json!({"type": "summary_text", "text": said});
                let done = json!({
                    "item_id": id, "output_index": at, "summary_index": 0, "text": said,
                });
                self.event("response.reasoning_summary_text.done", done, out);
                let plain = json!({"id": id, "type": "reasoning", "summary": [part]});
                self.done(at, sealed.unwrap_or(&plain).clone(), out);
            }
        }
    }

    fn kept(&mut self, value: &Value, out: &mut Vec<Frame>) {
        let is_own = value.get("wire").and_then(Value::as_str) == Some(WIRE);
        let Some(item) = value.get("item").filter(|_| is_own) else {
            return;
        };
        self.begin(out);
        if matches!(self.open, Some((_, Kind::Reasoning, _))) {
            self.close(Some(item), out);
        } else {
            self.close(None, out);
            let at = self.add(item.clone(), out);
            self.done(at, item.clone(), out);
        }
    }

    fn finish(&mut self, reason: FinishReason, out: &mut Vec<Frame>) {
        self.begin(out);
        self.close(None, out);
        for (at, arguments) in std::mem::take(&mut self.calls).into_values() {
            let done = json!({
                "item_id": self.id_of(at), "output_index": at, "arguments": arguments,
            });
            self.event("response.function_call_arguments.done", done, out);
            let mut item = self.output.get(at).cloned().unwrap_or_default();
            item["arguments"] = json!(arguments);
            item["status"] = json!("completed");
            self.done(at, item, out);
        }
        let (kind, status, why) = match reason {
            FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Interrupted => {
                ("response.completed", "completed", None)
            }
            FinishReason::Length => (
                "response.incomplete",
                "incomplete",
                Some("max_output_tokens"),
            ),
            FinishReason::ContentFilter => {
                ("response.incomplete", "incomplete", Some("content_filter"))
            }
            FinishReason::Error => ("response.failed", "failed", None),
        };
        let mut response = self.response(status);
        if let Some(why) = why {
            response["incomplete_details"] = json!({"reason": why});
        }
        if reason == FinishReason::Error {
            response["error"] = json!({"code": "server_error", "message": "the model failed"});
        }
        self.event(kind, json!({"response": response}), out);
    }
}

fn text_part(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": []})
}
