//! Chunks of Gemini's `generateContent` as this server writes them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Frames, signature};

/// Writes the frames of one answer.
#[derive(Debug)]
pub(super) struct GeminiFrames {
    id: String,
    model: String,
    seal: u16,
    calls: u32,
}

impl GeminiFrames {
    pub(super) fn new(number: usize, model: &str, seal: u16) -> Self {
        Self {
            id: format!("r{number}"),
            model: model.to_owned(),
            seal,
            calls: 0,
        }
    }

    fn chunk(&self, part: &Value, finish: Option<(&str, (u64, u64))>) -> Bytes {
        let mut candidate = json!({"content": {"role": "model", "parts": [part]}, "index": 0});
        let mut chunk = json!({"modelVersion": self.model, "responseId": self.id});
        if let Some((reason, (input, output))) = finish {
            candidate["finishReason"] = json!(reason);
            chunk["usageMetadata"] = json!({
                "promptTokenCount": input, "candidatesTokenCount": output,
                "totalTokenCount": input + output,
            });
        }
        chunk["candidates"] = json!([candidate]);
        Bytes::from(format!("data: {chunk}\n\n"))
    }
}

impl Frames for GeminiFrames {
    fn start(&mut self) -> Vec<Bytes> {
        vec![]
    }

    fn text(&mut self, text: &str) -> Vec<Bytes> {
        vec![self.chunk(&json!({"text": text}), None)]
    }

    fn thinking(&mut self, text: &str) -> Vec<Bytes> {
        vec![self.chunk(&json!({"text": text, "thought": true}), None)]
    }

    /// A call comes whole; the first of an answer is signed.
    fn call(&mut self, id: &str, name: &str, args: &str) -> Vec<Bytes> {
        let whole: Value = serde_json::from_str(args).unwrap_or_default();
        let mut part = json!({"functionCall": {"id": id, "name": name, "args": whole}});
        if self.calls == 0 {
            part["thoughtSignature"] = json!(signature(self.seal, name));
        }
        self.calls += 1;
        vec![self.chunk(&part, None)]
    }

    fn finish(&mut self, reason: Option<&str>, usage: (u64, u64)) -> Vec<Bytes> {
        let reason = match reason {
            None | Some("stop" | "tool_calls") => "STOP",
            Some("length") => "MAX_TOKENS",
            Some("content_filter") => "SAFETY",
            Some(other) => other,
        };
        vec![self.chunk(&json!({"text": ""}), Some((reason, usage)))]
    }

    fn error(&mut self, message: &str) -> Vec<Bytes> {
        let error = json!({"error": {"code": 500, "message": message, "status": "INTERNAL"}});
        vec![Bytes::from(format!("data: {error}\n\n"))]
    }
}
