//! Chunks of Chat Completions as this server writes them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Frames, halves};

/// Writes the frames of one answer.
#[derive(Debug)]
pub(super) struct ChatFrames {
    id: String,
    model: String,
    calls: u32,
}

impl ChatFrames {
    pub(super) fn new(number: usize, model: &str) -> Self {
        Self {
            id: format!("chatcmpl-{number}"),
            model: model.to_owned(),
            calls: 0,
        }
    }

    fn choice(&self, delta: &Value, finish_reason: &Value) -> Bytes {
        frame(&json!({
            "id": self.id, "object": "chat.completion.chunk", "created": 1, "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }))
    }

    fn usage(&self, (input, output): (u64, u64)) -> Bytes {
        frame(&json!({
            "id": self.id, "object": "chat.completion.chunk", "created": 1, "model": self.model,
            "choices": [],
            "usage": {
                "prompt_tokens": input, "completion_tokens": output,
                "total_tokens": input + output,
            },
        }))
    }
}

impl Frames for ChatFrames {
    fn start(&mut self) -> Vec<Bytes> {
        vec![self.choice(&json!({"role": "assistant", "content": ""}), &Value::Null)]
    }

    fn text(&mut self, text: &str) -> Vec<Bytes> {
        vec![self.choice(&json!({"content": text}), &Value::Null)]
    }

    fn thinking(&mut self, text: &str) -> Vec<Bytes> {
        vec![self.choice(&json!({"reasoning_content": text}), &Value::Null)]
    }

    /// A call: its head, then its arguments in two fragments.
    fn call(&mut self, id: &str, name: &str, args: &str) -> Vec<Bytes> {
        let index = self.calls;
        self.calls += 1;
        let head = json!({"tool_calls": [{
            "index": index, "id": id, "type": "function",
            "function": {"name": name, "arguments": ""},
        }]});
        let mut frames = vec![self.choice(&head, &Value::Null)];
        let (first, second) = halves(args);
        for piece in [first, second] {
            let delta = json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]});
            frames.push(self.choice(&delta, &Value::Null));
        }
        frames
    }

    fn finish(&mut self, reason: Option<&str>, usage: (u64, u64)) -> Vec<Bytes> {
        let fitting = if self.calls == 0 {
            "stop"
        } else {
            "tool_calls"
        };
        let reason = json!(reason.unwrap_or(fitting));
        vec![
            self.choice(&json!({}), &reason),
            self.usage(usage),
            Bytes::from_static(b"data: [DONE]\n\n"),
        ]
    }

    fn error(&mut self, message: &str) -> Vec<Bytes> {
        let error = json!({"message": message, "type": "server_error", "code": null});
        vec![frame(&json!({"error": error}))]
    }
}

fn frame(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}
