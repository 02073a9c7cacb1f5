//! Chunks of a streamed answer as [`ModelEvent`]s: every piece of every chunk becomes one.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent, Usage},
};

use super::{DONE, plain_chunk, reasoning::Gathered, tool_call::Calls, usage, wire_error};
use crate::{
    failure,
    redact::Quoter,
    unknown::keep_rest,
    wire::{AnswerDecoder, Stage},
};

/// The state of one answer between two chunks.
#[derive(Debug, Default)]
pub struct ChunkDecoder {
    completion_id: String,
    calls: Calls,
    reasoning: Gathered,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    stage: Stage,
    quoter: Quoter,
}

impl ChunkDecoder {
    /// A decoder that quotes a provider's words with this quoter.
    #[must_use]
    pub fn quoting(quoter: Quoter) -> Self {
        Self {
            quoter,
            ..Self::default()
        }
    }

    fn chunk(
        &mut self,
        mut members: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        if let Some(error) = members.get("error").filter(|error| !error.is_null()) {
            return Err(self.fail(error, out));
        }
        if self.completion_id.is_empty()
            && let Some(Value::String(id)) = members.get("id")
        {
            self.completion_id.clone_from(id);
        }
        match members.remove("choices") {
            Some(Value::Array(choices)) => {
                for choice in choices {
                    self.choice(choice, out)?;
                }
                if self.reasoning.is_too_large() {
                    self.cut(out);
                    return Err(failure::provider_data_too_large());
                }
            }
            None | Some(Value::Null) => {}
            Some(other) => out.push(ModelEvent::Unknown(json!({"choices": other}))),
        }
        match members.remove("usage") {
            Some(Value::Object(usage)) => self.usage(usage, out),
            None | Some(Value::Null) => {}
            Some(other) => out.push(ModelEvent::Unknown(json!({"usage": other}))),
        }
        let envelope = [
            "id",
            "object",
            "created",
            "model",
            "provider",
            "system_fingerprint",
            "service_tier",
            "obfuscation",
        ];
        keep_rest(members, &envelope, out);
        Ok(())
    }

    fn choice(&mut self, choice: Value, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        let Value::Object(mut members) = choice else {
            out.push(ModelEvent::Unknown(json!({"choices": [choice]})));
            return Ok(());
        };
        if members.get("index").and_then(Value::as_u64).unwrap_or(0) != 0 {
            out.push(ModelEvent::Unknown(json!({"choices": [members]})));
            return Ok(());
        }
        for member in ["delta", "message"] {
            match members.remove(member) {
                Some(Value::Object(delta)) => self.delta(delta, out),
                None | Some(Value::Null) => {}
                Some(other) => out.push(ModelEvent::Unknown(json!({member: other}))),
            }
        }
        if let Some(error) = members.get("error").filter(|error| !error.is_null()) {
            return Err(self.fail(error, out));
        }
        if let Some(Value::String(reason)) = members.remove("finish_reason") {
            self.finish(&reason, out)?;
        }
        let envelope = [
            "index",
            "native_finish_reason",
            "stop_reason",
            "matched_stop",
        ];
        keep_rest(members, &envelope, out);
        Ok(())
    }

    fn delta(&mut self, mut delta: Map<String, Value>, out: &mut Vec<ModelEvent>) {
        let thought = self.reasoning.take_from(&mut delta);
        if !thought.is_empty() {
            out.push(ModelEvent::Reasoning(thought));
        }
        for member in ["content", "refusal"] {
            match delta.remove(member) {
                Some(Value::String(text)) => self.text(text, out),
                Some(Value::Array(pieces)) => {
                    pieces.into_iter().for_each(|piece| self.piece(piece, out));
                }
                None | Some(Value::Null) => {}
                Some(other) => out.push(ModelEvent::Unknown(json!({member: other}))),
            }
        }
        let calls = match delta.remove("tool_calls") {
            Some(Value::Array(calls)) => calls,
            None | Some(Value::Null) => vec![],
            Some(one) => vec![one],
        };
        for call in calls.into_iter().chain(delta.remove("function_call")) {
            match call {
                Value::Object(members) => {
                    self.end_reasoning(out);
                    self.calls.push(members, &self.completion_id, out);
                }
                Value::Null => {}
                other
                @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                    out.push(ModelEvent::Unknown(json!({"tool_calls": [other]})));
                }
            }
        }
        keep_rest(delta, &["role"], out);
    }

    fn text(&mut self, text: String, out: &mut Vec<ModelEvent>) {
        if !text.is_empty() {
            self.end_reasoning(out);
            out.push(ModelEvent::Text(text));
        }
    }

    /// A piece of content that is itself an object, as Mistral sends them.
    fn piece(&mut self, piece: Value, out: &mut Vec<ModelEvent>) {
        match (
            piece.get("type").and_then(Value::as_str),
            piece.get("text").and_then(Value::as_str),
            piece.get("thinking").and_then(Value::as_array),
        ) {
            (Some("text"), Some(text), _) => self.text(text.to_owned(), out),
            (Some("thinking"), _, Some(thoughts)) => {
                let text = |thought: &Value| {
                    thought
                        .get("text")
                        .and_then(Value::as_str)
                        .map(str::to_owned)
                };
                let said: String = thoughts.iter().filter_map(text).collect();
                if !said.is_empty() {
                    out.push(ModelEvent::Reasoning(said));
                }
            }
            _ => out.push(ModelEvent::Unknown(json!({"content": [piece]}))),
        }
    }

    fn end_reasoning(&mut self, out: &mut Vec<ModelEvent>) {
        out.extend(self.reasoning.take().map(ModelEvent::ReasoningProvider));
    }

    fn usage(&mut self, members: Map<String, Value>, out: &mut Vec<ModelEvent>) {
        let usage = usage::decode(&members);
        if self.usage != Some(usage) {
            self.usage = Some(usage);
            out.push(ModelEvent::Usage(usage));
        }
        out.extend(usage::rest(members).map(ModelEvent::Unknown));
    }

    fn finish(&mut self, reason: &str, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        let finish = match reason {
            "" => return Ok(()),
            "stop" | "eos" | "eos_token" | "stop_sequence" | "end_turn" => FinishReason::Stop,
            "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
            "length" | "max_tokens" | "model_length" => FinishReason::Length,
            "content_filter" => FinishReason::ContentFilter,
            "error" | "insufficient_system_resource" => {
                self.cut(out);
                return Err(failure::failed_answer(reason));
            }
            other => {
                out.push(ModelEvent::Unknown(json!({"finish_reason": other})));
                FinishReason::Stop
            }
        };
        self.finish = Some(finish);
        Ok(())
    }

    fn finish_now(&mut self, out: &mut Vec<ModelEvent>) {
        self.stage = Stage::Ended;
        self.end_reasoning(out);
        // Some servers say `stop` behind a call, or `tool_calls` without one.
        let said = self.finish.unwrap_or(FinishReason::Stop);
        self.calls.finish(&self.completion_id, said, out);
        let finish = match (said, self.calls.is_empty()) {
            (FinishReason::Stop, false) => FinishReason::ToolCalls,
            (FinishReason::ToolCalls, true) => FinishReason::Stop,
            (said, _) => said,
        };
        out.push(ModelEvent::Finished(finish));
    }

    fn fail(&mut self, error: &Value, out: &mut Vec<ModelEvent>) -> ModelError {
        self.cut(out);
        wire_error::decode(error, &self.quoter)
    }
}

impl AnswerDecoder for ChunkDecoder {
    fn data(
        &mut self,
        kind: &str,
        data: &str,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        let data = data.trim();
        if self.stage == Stage::Ended || data.is_empty() {
            return Ok(());
        }
        if data == DONE {
            self.finish_now(out);
            return Ok(());
        }
        if kind != "error"
            && let Some(plain) = plain_chunk::read(data)
        {
            if self.completion_id.is_empty() {
                self.completion_id = plain.id.into_owned();
            }
            self.text(plain.text.into_owned(), out);
            return Ok(());
        }
        let value: Value =
            serde_json::from_str(data).map_err(|_| failure::not_json(&self.quoter.quote(data)))?;
        if kind == "error" {
            return Err(self.fail(&value, out));
        }
        match value {
            Value::Object(members) => self.chunk(members, out),
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)) => {
                out.push(ModelEvent::Unknown(other));
                Ok(())
            }
        }
    }

    fn end(&mut self, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        if self.stage == Stage::Ended {
            return Ok(());
        }
        if self.finish.is_some() {
            self.finish_now(out);
            return Ok(());
        }
        self.cut(out);
        Err(failure::cut_stream())
    }

    fn cut(&mut self, out: &mut Vec<ModelEvent>) {
        self.stage = Stage::Ended;
        self.calls.cut(&self.completion_id, out);
    }

    fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    fn has_finish_reason(&self) -> bool {
        self.finish.is_some()
    }
}
