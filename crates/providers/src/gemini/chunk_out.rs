//! [`ModelEvent`]s as the chunks that a server of this wire streams.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, Usage},
};

use super::{
    signature::{self, Signature},
    usage,
};
use crate::frame_out::Frame;

/// Writes the chunks of one answer.
#[derive(Debug)]
pub struct ChunkEncoder {
    id: String,
    model: String,
    usage: Usage,
    /// The signature of the call that comes next.
    signature: Option<String>,
    /// Calls are written whole, with the end.
    calls: BTreeMap<u32, Call>,
}

#[derive(Debug)]
struct Call {
    id: String,
    name: String,
    args: String,
    signature: Option<String>,
}

impl ChunkEncoder {
    /// The chunks of the answer `id` of `model`.
    #[must_use]
    pub fn new(id: String, model: String) -> Self {
        Self {
            id,
            model,
            usage: Usage::default(),
            signature: None,
            calls: BTreeMap::new(),
        }
    }

    /// The chunks that tell of `event`: none for what this wire has no word for.
    pub fn encode(&mut self, event: &ModelEvent) -> Vec<Frame> {
        match event {
            ModelEvent::Text(text) => vec![self.part(json!({"text": text}))],
            ModelEvent::Reasoning(text) => {
                vec![self.part(json!({"text": text, "thought": true}))]
            }
            ModelEvent::ReasoningProvider(value) if signature::is_own(value) => self.kept(value),
            ModelEvent::ToolCall { index, id, name } => {
                let call = Call {
                    id: id.clone(),
                    name: name.clone(),
                    args: String::new(),
                    signature: self.signature.take(),
                };
                self.calls.insert(*index, call);
                vec![]
            }
            ModelEvent::ToolArgs { index, delta } => {
                if let Some(call) = self.calls.get_mut(index) {
                    call.args.push_str(delta);
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

    fn kept(&mut self, value: &Value) -> Vec<Frame> {
        match signature::read(value) {
            Some(Signature::Call(signature)) => {
                self.signature = Some(signature.to_owned());
                vec![]
            }
            Some(Signature::Text(signature, _)) => {
                vec![self.part(json!({"text": "", "thoughtSignature": signature}))]
            }
            Some(Signature::Thought(signature, _)) => {
                vec![self.part(json!({"text": "", "thought": true, "thoughtSignature": signature}))]
            }
            None => vec![],
        }
    }

    fn part(&self, part: Value) -> Frame {
        self.chunk(&[part], None)
    }

    fn chunk(&self, parts: &[Value], finish: Option<&str>) -> Frame {
        let content = json!({"role": "model", "parts": parts});
        let mut candidate = Map::new();
        candidate.insert("content".into(), content);
        if let Some(finish) = finish {
            candidate.insert("finishReason".into(), json!(finish));
        }
        candidate.insert("index".into(), json!(0));
        let mut chunk = json!({
            "candidates": [candidate], "modelVersion": self.model, "responseId": self.id,
        });
        if finish.is_some() {
            chunk["usageMetadata"] = usage::encode(&self.usage);
        }
        Frame {
            kind: None,
            data: chunk.to_string(),
        }
    }

    fn finish(&mut self, reason: FinishReason) -> Vec<Frame> {
        let calls = std::mem::take(&mut self.calls);
        let parts: Vec<Value> = calls.into_values().map(Call::part).collect();
        let reason = match reason {
            FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Interrupted => "STOP",
            FinishReason::Length => "MAX_TOKENS",
            FinishReason::ContentFilter => "SAFETY",
            FinishReason::Error => "OTHER",
        };
        vec![self.chunk(&parts, Some(reason))]
    }
}

impl Call {
    fn part(self) -> Value {
        let args: Value = serde_json::from_str(&self.args).unwrap_or_else(|_| json!({}));
        let mut part = json!({
            "functionCall": {"id": self.id, "name": self.name, "args": args},
        });
        if let Some(signature) = self.signature {
            part["thoughtSignature"] = json!(signature);
        }
        part
    }
}
