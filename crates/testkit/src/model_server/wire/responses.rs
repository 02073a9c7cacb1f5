//! Events of OpenAI's Responses as this server writes them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Frames, halves, signature};

/// Writes the frames of one answer.
#[derive(Debug)]
pub(super) struct ResponsesFrames {
    id: String,
    model: String,
    seal: u16,
    items: u64,
    calls: u32,
    sequence: u64,
    open: Open,
}

#[derive(Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Message(String),
    Reasoning(String),
}

impl ResponsesFrames {
    pub(super) fn new(number: usize, model: &str, seal: u16) -> Self {
        Self {
            id: format!("resp_{number}"),
            model: model.to_owned(),
            seal,
            items: 0,
            calls: 0,
            sequence: 0,
            open: Open::Nothing,
        }
    }

    fn event(&mut self, kind: &str, mut members: Value) -> Bytes {
        members["type"] = json!(kind);
        members["sequence_number"] = json!(self.sequence);
        self.sequence += 1;
        Bytes::from(format!("event: {kind}\ndata: {members}\n\n"))
    }

    fn response(&self, status: &str) -> Value {
        json!({
            "id": self.id, "object": "response", "status": status, "model": self.model,
            "output": [],
        })
    }

    fn add(&mut self, item: &Value) -> Bytes {
        let at = self.items;
        self.items += 1;
        let added = json!({"output_index": at, "item": item});
        self.event("response.output_item.added", added)
    }

    fn last(&self) -> u64 {
        self.items.saturating_sub(1)
    }

    fn done(&mut self, item: &Value) -> Bytes {
        let done = json!({"output_index": self.last(), "item": item});
        self.event("response.output_item.done", done)
    }

    fn close(&mut self) -> Vec<Bytes> {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => vec![],
            Open::Message(said) => {
                let content = json!([{"type": "output_text", "text": said, "annotations": []}]);
                vec![self.done(&json!({
                    "id": format!("msg_{}", self.last()), "type": "message", "role": "assistant",
                    "status": "completed", "content": content,
                }))]
            }
            Open::Reasoning(said) => {
                let sealed = signature(self.seal, &said);
                vec![self.done(&json!({
                    "id": format!("rs_{}", self.last()), "type": "reasoning",
                    "summary": [{"type": "summary_text", "text": said}],
                    "encrypted_content": sealed,
                }))]
            }
        }
    }
}

impl Frames for ResponsesFrames {
    fn start(&mut self) -> Vec<Bytes> {
        let response = self.response("in_progress");
        vec![self.event("response.created", json!({"response": response}))]
    }

    fn text(&mut self, text: &str) -> Vec<Bytes> {
        let mut frames = vec![];
        if !matches!(self.open, Open::Message(_)) {
            frames = self.close();
            let item = json!({"type": "message", "role": "assistant", "content": []});
            frames.push(self.add(&item));
            self.open = Open::Message(String::new());
        }
        if let Open::Message(said) = &mut self.open {
            said.push_str(text);
        }
        let delta = json!({"output_index": self.last(), "content_index": 0, "delta": text});
        frames.push(self.event("response.output_text.delta", delta));
        frames
    }

    fn thinking(&mut self, text: &str) -> Vec<Bytes> {
        let mut frames = vec![];
        if !matches!(self.open, Open::Reasoning(_)) {
            frames = self.close();
            frames.push(self.add(&json!({"type": "reasoning", "summary": []})));
            self.open = Open::Reasoning(String::new());
        }
        if let Open::Reasoning(said) = &mut self.open {
            said.push_str(text);
        }
        let delta = json!({"output_index": self.last(), "summary_index": 0, "delta": text});
        frames.push(self.event("response.reasoning_summary_text.delta", delta));
        frames
    }

    fn call(&mut self, id: &str, name: &str, args: &str) -> Vec<Bytes> {
        self.calls += 1;
        let mut frames = self.close();
        let mut item = json!({
            "id": format!("fc_{}", self.items), "type": "function_call", "call_id": id,
            "name": name, "arguments": "",
        });
        frames.push(self.add(&item));
        let (first, second) = halves(args);
        for piece in [first, second] {
            let delta = json!({"output_index": self.last(), "delta": piece});
            frames.push(self.event("response.function_call_arguments.delta", delta));
        }
        item["arguments"] = json!(args);
        let whole = json!({"output_index": self.last(), "arguments": args});
        frames.push(self.event("response.function_call_arguments.done", whole));
        frames.push(self.done(&item));
        frames
    }

    fn finish(&mut self, reason: Option<&str>, (input, output): (u64, u64)) -> Vec<Bytes> {
        let mut frames = self.close();
        let why = match reason {
            Some("length") => Some("max_output_tokens"),
            Some("content_filter") => Some("content_filter"),
            Some(_) | None => None,
        };
        let status = if why.is_some() {
            "incomplete"
        } else {
            "completed"
        };
        let mut response = self.response(status);
        response["usage"] = json!({
            "input_tokens": input, "output_tokens": output, "total_tokens": input + output,
        });
        if let Some(why) = why {
            response["incomplete_details"] = json!({"reason": why});
        }
        let kind = format!("response.{status}");
        frames.push(self.event(&kind, json!({"response": response})));
        frames
    }

    fn error(&mut self, message: &str) -> Vec<Bytes> {
        let mut response = self.response("failed");
        response["error"] = json!({"code": "server_error", "message": message});
        vec![self.event("response.failed", json!({"response": response}))]
    }
}
