//! Chunks as this server writes them.

use bytes::Bytes;
use serde_json::{Value, json};

/// Writes the frames of one answer.
#[derive(Debug)]
pub(super) struct Wire {
    id: String,
    model: String,
    calls: u32,
}

pub(super) const DONE: &[u8] = b"data: [DONE]\n\n";

impl Wire {
    pub(super) fn new(number: usize, model: &str) -> Self {
        Self {
            id: format!("chatcmpl-{number}"),
            model: model.to_owned(),
            calls: 0,
        }
    }

    /// The finish reason that fits what was written.
    pub(super) const fn fitting_reason(&self) -> &'static str {
        if self.calls == 0 {
            "stop"
        } else {
            "tool_calls"
        }
    }

    pub(super) fn role(&self) -> Bytes {
        self.choice(&json!({"role": "assistant", "content": ""}), &Value::Null)
    }

    pub(super) fn text(&self, text: &str) -> Bytes {
        self.choice(&json!({"content": text}), &Value::Null)
    }

    pub(super) fn thinking(&self, text: &str) -> Bytes {
        self.choice(&json!({"reasoning_content": text}), &Value::Null)
    }

    /// A call: its head, then its arguments in two fragments.
    pub(super) fn call(&mut self, id: &str, name: &str, args: &str) -> Vec<Bytes> {
        let index = self.calls;
        self.calls += 1;
        let head = json!({"tool_calls": [{
            "index": index, "id": id, "type": "function",
            "function": {"name": name, "arguments": ""},
        }]});
        let mut frames = vec![self.choice(&head, &Value::Null)];
        let middle = (0..=args.len() / 2)
            .rev()
            .find(|at| args.is_char_boundary(*at))
            .unwrap_or(0);
        let (first, second) = args.split_at(middle);
        for piece in [first, second] {
            let delta = json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]});
            frames.push(self.choice(&delta, &Value::Null));
        }
        frames
    }

    pub(super) fn finish(&self, reason: &str) -> Bytes {
        self.choice(&json!({}), &json!(reason))
    }

    pub(super) fn usage(&self, input: u64, output: u64) -> Bytes {
        frame(&json!({
            "id": self.id, "object": "chat.completion.chunk", "created": 1, "model": self.model,
            "choices": [],
            "usage": {
                "prompt_tokens": input, "completion_tokens": output,
                "total_tokens": input + output,
            },
        }))
    }

    pub(super) fn error(message: &str) -> Bytes {
        frame(&json!({"error": {"message": message, "type": "server_error", "code": null}}))
    }

    fn choice(&self, delta: &Value, finish_reason: &Value) -> Bytes {
        frame(&json!({
            "id": self.id, "object": "chat.completion.chunk", "created": 1, "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }))
    }
}

fn frame(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}
