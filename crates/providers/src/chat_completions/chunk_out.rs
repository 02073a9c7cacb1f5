//! [`ModelEvent`]s as the chunks that a server of this wire streams.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, Usage},
};

use super::{DONE, usage};

/// Writes the chunks of one answer.
#[derive(Debug)]
pub struct ChunkEncoder {
    id: String,
    model: String,
    created: i64,
    usage: Option<Usage>,
    opening: Opening,
}

/// Whether the chunk that names the role has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Due,
    Written,
}

impl ChunkEncoder {
    /// The chunks of the answer `id` of `model`, made at `created` (Unix seconds).
    #[must_use]
    pub const fn new(id: String, model: String, created: i64) -> Self {
        Self {
            id,
            model,
            created,
            usage: None,
            opening: Opening::Due,
        }
    }

    /// The data of the events that tell of `event`: none for what this wire has no word for.
    pub fn encode(&mut self, event: &ModelEvent) -> Vec<String> {
        let delta = match event {
            ModelEvent::Text(text) => json!({"content": text}),
            ModelEvent::Reasoning(text) => json!({"reasoning_content": text}),
            ModelEvent::ReasoningProvider(value) => match value.get("reasoning_details") {
                Some(details) => json!({"reasoning_details": details}),
                None => return vec![],
            },
            ModelEvent::ToolCall { index, id, name } => json!({"tool_calls": [{
                "index": index, "id": id, "type": "function",
                "function": {"name": name, "arguments": ""},
            }]}),
            ModelEvent::ToolArgs { index, delta } => json!({"tool_calls": [{
                "index": index, "function": {"arguments": delta},
            }]}),
            ModelEvent::Usage(usage) => {
                self.usage = Some(*usage);
                return vec![];
            }
            ModelEvent::Silent(_) | ModelEvent::Unknown(_) => return vec![],
            ModelEvent::Finished(reason) => return self.finish(*reason),
        };
        vec![self.chunk(delta, None)]
    }

    fn finish(&mut self, reason: FinishReason) -> Vec<String> {
        let reason = match reason {
            FinishReason::Stop | FinishReason::Interrupted => "stop",
            FinishReason::ToolCalls => "tool_calls",
            FinishReason::Length => "length",
            FinishReason::ContentFilter => "content_filter",
            FinishReason::Error => "error",
        };
        let mut out = vec![self.chunk(json!({}), Some(reason))];
        if let Some(usage) = self.usage.take() {
            let mut chunk = self.envelope();
            chunk.insert("choices".into(), json!([]));
            chunk.insert("usage".into(), usage::encode(&usage));
            out.push(Value::Object(chunk).to_string());
        }
        out.push(DONE.to_owned());
        out
    }

    fn chunk(&mut self, mut delta: Value, finish_reason: Option<&str>) -> String {
        if self.opening == Opening::Due {
            self.opening = Opening::Written;
            if let Some(members) = delta.as_object_mut() {
                members.insert("role".into(), json!("assistant"));
            }
        }
        let mut chunk = self.envelope();
        let choice = json!([{"index": 0, "delta": delta, "finish_reason": finish_reason}]);
        chunk.insert("choices".into(), choice);
        Value::Object(chunk).to_string()
    }

    fn envelope(&self) -> Map<String, Value> {
        let mut chunk = Map::new();
        chunk.insert("id".into(), json!(self.id));
        chunk.insert("object".into(), json!("chat.completion.chunk"));
        chunk.insert("created".into(), json!(self.created));
        chunk.insert("model".into(), json!(self.model));
        chunk
    }
}
