//! [`ModelEvent`]s as the lines that a server of this wire streams.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, Usage},
};

/// Writes the lines of one answer.
#[derive(Debug)]
pub struct LineEncoder {
    model: String,
    created_at: String,
    usage: Usage,
    /// A call is written whole: its id, its name, its arguments so far.
    calls: BTreeMap<u32, (String, String, String)>,
}

/// Whether a line is the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    No,
    Yes,
}

impl LineEncoder {
    /// The lines of an answer of `model`, made at `created_at` (RFC 3339).
    #[must_use]
    pub fn new(model: String, created_at: String) -> Self {
        Self {
            model,
            created_at,
            usage: Usage::default(),
            calls: BTreeMap::new(),
        }
    }

    /// The lines, without line feeds, that tell of `event`: none for what this wire has no word
    /// for. Calls are told with the end, when their arguments are whole.
    pub fn encode(&mut self, event: &ModelEvent) -> Vec<String> {
        match event {
            ModelEvent::Text(text) => vec![self.said(&json!({"content": text}))],
            ModelEvent::Reasoning(text) => {
                vec![self.said(&json!({"content": "", "thinking": text}))]
            }
            ModelEvent::ToolCall { index, id, name } => {
                let call = (id.clone(), name.clone(), String::new());
                self.calls.insert(*index, call);
                vec![]
            }
            ModelEvent::ToolArgs { index, delta } => {
                if let Some((_, _, arguments)) = self.calls.get_mut(index) {
                    arguments.push_str(delta);
                }
                vec![]
            }
            ModelEvent::Usage(usage) => {
                self.usage = *usage;
                vec![]
            }
            ModelEvent::ReasoningProvider(_) | ModelEvent::Silent(_) | ModelEvent::Unknown(_) => {
                vec![]
            }
            ModelEvent::Finished(reason) => self.finish(*reason),
        }
    }

    fn said(&self, message: &Value) -> String {
        Value::Object(self.line(message, Done::No)).to_string()
    }

    fn line(&self, message: &Value, done: Done) -> Map<String, Value> {
        let mut message = message.clone();
        message["role"] = json!("assistant");
        Map::from_iter([
            ("model".into(), json!(self.model)),
            ("created_at".into(), json!(self.created_at)),
            ("message".into(), message),
            ("done".into(), json!(done == Done::Yes)),
        ])
    }

    fn finish(&mut self, reason: FinishReason) -> Vec<String> {
        let mut lines = vec![];
        let calls: Vec<Value> = std::mem::take(&mut self.calls)
            .into_iter()
            .map(|(index, (id, name, arguments))| {
                let arguments: Value =
                    serde_json::from_str(&arguments).unwrap_or_else(|_| json!({}));
                json!({
                    "id": id,
                    "function": {"index": index, "name": name, "arguments": arguments},
                })
            })
            .collect();
        if !calls.is_empty() {
            lines.push(self.said(&json!({"content": "", "tool_calls": calls})));
        }
        let mut last = self.line(&json!({"content": ""}), Done::Yes);
        let reason = match reason {
            FinishReason::Stop
            | FinishReason::ToolCalls
            | FinishReason::ContentFilter
            | FinishReason::Interrupted
            | FinishReason::Error => "stop",
            FinishReason::Length => "length",
        };
        last.insert("done_reason".into(), json!(reason));
        last.insert("prompt_eval_count".into(), json!(self.usage.input));
        last.insert("eval_count".into(), json!(self.usage.output));
        lines.push(Value::Object(last).to_string());
        lines
    }
}
