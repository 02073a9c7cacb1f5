//! Events of Anthropic's Messages as this server writes them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Frames, halves, signature};

/// Writes the frames of one answer.
#[derive(Debug)]
pub(super) struct AnthropicFrames {
    id: String,
    model: String,
    seal: u16,
    blocks: u64,
    calls: u32,
    open: Open,
}

#[derive(Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Text,
    Thinking(String),
}

impl AnthropicFrames {
    pub(super) fn new(number: usize, model: &str, seal: u16) -> Self {
        Self {
            id: format!("msg_{number}"),
            model: model.to_owned(),
            seal,
            blocks: 0,
            calls: 0,
            open: Open::Nothing,
        }
    }

    fn start_block(&mut self, block: &Value) -> Bytes {
        let index = self.blocks;
        self.blocks += 1;
        event(&json!({"type": "content_block_start", "index": index, "content_block": block}))
    }

    fn delta(&self, delta: &Value) -> Bytes {
        let index = self.blocks.saturating_sub(1);
        event(&json!({"type": "content_block_delta", "index": index, "delta": delta}))
    }

    fn stop_block(&self) -> Bytes {
        let index = self.blocks.saturating_sub(1);
        event(&json!({"type": "content_block_stop", "index": index}))
    }

    fn close(&mut self) -> Vec<Bytes> {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => vec![],
            Open::Text => vec![self.stop_block()],
            Open::Thinking(said) => {
                let signature = signature(self.seal, &said);
                let (first, second) = halves(&signature);
                let piece =
                    |s: &str| self.delta(&json!({"type": "signature_delta", "signature": s}));
                vec![piece(first), piece(second), self.stop_block()]
            }
        }
    }
}

impl Frames for AnthropicFrames {
    fn start(&mut self) -> Vec<Bytes> {
        let message = json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model,
            "content": [], "stop_reason": null, "stop_sequence": null,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        });
        let start = json!({"type": "message_start", "message": message});
        vec![event(&start), event(&json!({"type": "ping"}))]
    }

    fn text(&mut self, text: &str) -> Vec<Bytes> {
        let mut frames = vec![];
        if self.open != Open::Text {
            frames = self.close();
            frames.push(self.start_block(&json!({"type": "text", "text": ""})));
            self.open = Open::Text;
        }
        frames.push(self.delta(&json!({"type": "text_delta", "text": text})));
        frames
    }

    fn thinking(&mut self, text: &str) -> Vec<Bytes> {
        let mut frames = vec![];
        if !matches!(self.open, Open::Thinking(_)) {
            frames = self.close();
            let block = json!({"type": "thinking", "thinking": "", "signature": ""});
            frames.push(self.start_block(&block));
            self.open = Open::Thinking(String::new());
        }
        if let Open::Thinking(said) = &mut self.open {
            said.push_str(text);
        }
        frames.push(self.delta(&json!({"type": "thinking_delta", "thinking": text})));
        frames
    }

    fn call(&mut self, id: &str, name: &str, args: &str) -> Vec<Bytes> {
        self.calls += 1;
        let mut frames = self.close();
        let block = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
        frames.push(self.start_block(&block));
        let (first, second) = halves(args);
        for piece in ["", first, second] {
            let delta = json!({"type": "input_json_delta", "partial_json": piece});
            frames.push(self.delta(&delta));
        }
        frames.push(self.stop_block());
        frames
    }

    fn finish(&mut self, reason: Option<&str>, (input, output): (u64, u64)) -> Vec<Bytes> {
        let mut frames = self.close();
        let reason = match reason {
            None if self.calls > 0 => "tool_use",
            None | Some("stop") => "end_turn",
            Some("tool_calls") => "tool_use",
            Some("length") => "max_tokens",
            Some("content_filter") => "refusal",
            Some(other) => other,
        };
        frames.push(event(&json!({
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": null},
            "usage": {"input_tokens": input, "output_tokens": output},
        })));
        frames.push(event(&json!({"type": "message_stop"})));
        frames
    }

    fn error(&mut self, message: &str) -> Vec<Bytes> {
        let error = json!({"type": "api_error", "message": message});
        vec![event(&json!({"type": "error", "error": error}))]
    }
}

fn event(value: &Value) -> Bytes {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or("");
    Bytes::from(format!("event: {kind}\ndata: {value}\n\n"))
}
