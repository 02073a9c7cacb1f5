//! Lines of Ollama's own wire as this server writes them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Frames;

/// Writes the lines of one answer.
#[derive(Debug)]
pub(super) struct OllamaLines {
    model: String,
    /// A second for each answer, since the wire names no call.
    created_at: String,
}

impl OllamaLines {
    pub(super) fn new(number: usize, model: &str) -> Self {
        Self {
            model: model.to_owned(),
            created_at: format!("2026-01-01T00:{:02}:{:02}Z", number / 60 % 60, number % 60),
        }
    }

    fn line(&self, message: &Value) -> Bytes {
        line(&json!({
            "model": self.model, "created_at": self.created_at, "message": message, "done": false,
        }))
    }
}

impl Frames for OllamaLines {
    fn start(&mut self) -> Vec<Bytes> {
        vec![]
    }

    fn text(&mut self, text: &str) -> Vec<Bytes> {
        vec![self.line(&json!({"role": "assistant", "content": text}))]
    }

    fn thinking(&mut self, text: &str) -> Vec<Bytes> {
        vec![self.line(&json!({"role": "assistant", "content": "", "thinking": text}))]
    }

    /// A call comes whole and without the id that the script gave it, as older servers send it.
    fn call(&mut self, _: &str, name: &str, args: &str) -> Vec<Bytes> {
        let whole: Value = serde_json::from_str(args).unwrap_or_default();
        let call = json!({"function": {"name": name, "arguments": whole}});
        let message = json!({"role": "assistant", "content": "", "tool_calls": [call]});
        vec![self.line(&message)]
    }

    fn finish(&mut self, reason: Option<&str>, (input, output): (u64, u64)) -> Vec<Bytes> {
        let reason = match reason {
            None | Some("tool_calls") => "stop",
            Some(other) => other,
        };
        vec![line(&json!({
            "model": self.model, "created_at": self.created_at,
            "message": {"role": "assistant", "content": ""},
            "done": true, "done_reason": reason, "total_duration": 1,
            "prompt_eval_count": input, "eval_count": output,
        }))]
    }

    fn error(&mut self, message: &str) -> Vec<Bytes> {
        vec![line(&json!({"error": message}))]
    }
}

fn line(value: &Value) -> Bytes {
    Bytes::from(format!("{value}\n"))
}
