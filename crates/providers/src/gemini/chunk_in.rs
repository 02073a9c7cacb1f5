//! Chunks of a streamed answer as [`ModelEvent`]s: every part of every chunk becomes one.

use serde_json::{Map, Value, json};
use weald_domain::{
    limits::PROVIDER_DATA_MAX,
    message::FinishReason,
    model::{ModelError, ModelErrorKind, ModelEvent, Usage},
};

use super::{signature, usage};
use crate::{
    chat_completions::wire_error,
    failure,
    redact::Quoter,
    unknown::keep_rest,
    wire::{AnswerDecoder, Stage},
};

/// The state of one answer between two chunks.
#[derive(Debug, Default)]
pub struct ChunkDecoder {
    response_id: String,
    calls: u32,
    /// Unicode scalar values of thought since the last signature.
    thought: usize,
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
        mut chunk: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.fail(&Value::Object(chunk)));
        }
        if let Some(Value::String(id)) = chunk.remove("responseId")
            && self.response_id.is_empty()
        {
            self.response_id = id;
        }
        if let Some(Value::Object(usage)) = chunk.remove("usageMetadata") {
            let usage = usage::decode(&usage);
            if self.usage != Some(usage) {
                self.usage = Some(usage);
                out.push(ModelEvent::Usage(usage));
            }
        }
        match chunk.remove("candidates") {
            Some(Value::Array(candidates)) => {
                for candidate in candidates {
                    self.candidate(candidate, out)?;
                }
            }
            None | Some(Value::Null) => {}
            Some(other) => out.push(ModelEvent::Unknown(json!({"candidates": other}))),
        }
        if let Some(feedback) = chunk.remove("promptFeedback") {
            if feedback.get("blockReason").is_some() {
                self.finish = Some(FinishReason::ContentFilter);
            }
            out.push(ModelEvent::Unknown(json!({"promptFeedback": feedback})));
        }
        keep_rest(chunk, &["modelVersion", "createTime"], out);
        Ok(())
    }

    fn candidate(&mut self, candidate: Value, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        let Value::Object(mut members) = candidate else {
            out.push(ModelEvent::Unknown(json!({"candidates": [candidate]})));
            return Ok(());
        };
        if members.get("index").and_then(Value::as_u64).unwrap_or(0) != 0 {
            out.push(ModelEvent::Unknown(json!({"candidates": [members]})));
            return Ok(());
        }
        if let Some(Value::Object(mut content)) = members.remove("content") {
            if let Some(Value::Array(parts)) = content.remove("parts") {
                for part in parts {
                    self.part(part, out)?;
                }
            }
            keep_rest(content, &["role"], out);
        }
        let said = members.remove("finishMessage");
        if let Some(Value::String(reason)) = members.remove("finishReason") {
            self.finish_reason(&reason, said.as_ref(), out)?;
        }
        keep_rest(members, &["index", "tokenCount", "avgLogprobs"], out);
        Ok(())
    }

    fn part(&mut self, part: Value, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        let Value::Object(mut part) = part else {
            out.push(ModelEvent::Unknown(json!({"parts": [part]})));
            return Ok(());
        };
        let signed = match part.remove("thoughtSignature") {
            Some(Value::String(signature)) if signature.len() > PROVIDER_DATA_MAX => {
                return Err(failure::provider_data_too_large());
            }
            Some(Value::String(signature)) => Some(signature),
            _ => None,
        };
        let is_thought = part.remove("thought") == Some(Value::Bool(true));
        match (part.remove("text"), part.remove("functionCall")) {
            (Some(Value::String(text)), None) if is_thought => {
                self.thought += text.chars().count();
                push(ModelEvent::Reasoning, text, out);
                if let Some(signed) = signed {
                    let length = std::mem::take(&mut self.thought);
                    let kept = signature::on_thought(&signed, length);
                    out.push(ModelEvent::ReasoningProvider(kept));
                }
            }
            (Some(Value::String(text)), None) => {
                let length = text.chars().count();
                if length > 0 || signed.is_some() {
                    self.thought = 0;
                }
                push(ModelEvent::Text, text, out);
                if let Some(signed) = signed {
                    let kept = signature::on_text(&signed, length);
                    out.push(ModelEvent::ReasoningProvider(kept));
                }
            }
            (None, Some(call)) => {
                self.thought = 0;
                if let Some(signed) = signed {
                    let kept = signature::on_call(&signed);
                    out.push(ModelEvent::ReasoningProvider(kept));
                }
                self.call(&call, out);
            }
            (text, call) => {
                if let Some(signed) = signed {
                    let kept = signature::on_text(&signed, 0);
                    out.push(ModelEvent::ReasoningProvider(kept));
                }
                let both = [("text", text), ("functionCall", call)];
                for (member, value) in both {
                    if let Some(value) = value {
                        part.insert(member.into(), value);
                    }
                }
                if !part.is_empty() {
                    out.push(ModelEvent::Unknown(json!({"parts": [part]})));
                }
                return Ok(());
            }
        }
        keep_rest(part, &[], out);
        Ok(())
    }

    /// A call comes whole. Older models name none, so an id is made of the answer's.
    fn call(&mut self, call: &Value, out: &mut Vec<ModelEvent>) {
        let text = |member: &str| call.get(member).and_then(Value::as_str);
        let index = self.calls;
        self.calls += 1;
        let id = match text("id") {
            Some(id) if !id.is_empty() => id.to_owned(),
            Some(_) | None => format!("call_{index}_{}", self.response_id),
        };
        let name = text("name").unwrap_or("").to_owned();
        out.push(ModelEvent::ToolCall { index, id, name });
        let delta = match call.get("args") {
            None | Some(Value::Null) => "{}".to_owned(),
            Some(args) => args.to_string(),
        };
        out.push(ModelEvent::ToolArgs { index, delta });
    }

    fn finish_reason(
        &mut self,
        reason: &str,
        said: Option<&Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        let finish = match reason {
            "" | "FINISH_REASON_UNSPECIFIED" => return Ok(()),
            "STOP" => FinishReason::Stop,
            "MAX_TOKENS" => FinishReason::Length,
            "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII"
            | "IMAGE_SAFETY" => FinishReason::ContentFilter,
            "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" => {
                self.stage = Stage::Ended;
                let said = said.and_then(Value::as_str).unwrap_or(reason);
                let said = self.quoter.quote(said);
                let message = format!("the model made a call that is none: {said}");
                let kind = ModelErrorKind::Provider;
                return Err(failure::passing(kind, "malformed_call", message));
            }
            "OTHER" | "MALFORMED_RESPONSE" | "MISSING_THOUGHT_SIGNATURE" => {
                self.stage = Stage::Ended;
                return Err(failure::failed_answer(reason));
            }
            other => {
                out.push(ModelEvent::Unknown(json!({"finishReason": other})));
                FinishReason::Stop
            }
        };
        self.finish = Some(finish);
        Ok(())
    }

    fn fail(&mut self, error: &Value) -> ModelError {
        self.stage = Stage::Ended;
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
        // Some gateways end their stream in the manner of Chat Completions.
        if self.stage == Stage::Ended || data.is_empty() || data == "[DONE]" {
            return Ok(());
        }
        match serde_json::from_str(data) {
            Ok(error @ Value::Object(_)) if kind == "error" => Err(self.fail(&error)),
            Ok(Value::Object(chunk)) => self.chunk(chunk, out),
            // A server that does not stream events answers with an array of its chunks.
            Ok(Value::Array(chunks)) => {
                for chunk in chunks {
                    if let Value::Object(chunk) = chunk {
                        self.chunk(chunk, out)?;
                    } else {
                        out.push(ModelEvent::Unknown(chunk));
                    }
                }
                Ok(())
            }
            Ok(other) => {
                out.push(ModelEvent::Unknown(other));
                Ok(())
            }
            Err(_) => Err(failure::not_json(&self.quoter.quote(data))),
        }
    }

    fn end(&mut self, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        if self.stage == Stage::Ended {
            return Ok(());
        }
        self.stage = Stage::Ended;
        // The chunk with the reason is the last word; nothing else ends a stream of this wire.
        match self.finish {
            None => return Err(failure::cut_stream()),
            Some(FinishReason::Stop) if self.calls > 0 => {
                out.push(ModelEvent::Finished(FinishReason::ToolCalls));
            }
            Some(finish) => out.push(ModelEvent::Finished(finish)),
        }
        Ok(())
    }

    fn cut(&mut self, _: &mut Vec<ModelEvent>) {
        // Nothing is held back: a call comes whole.
        self.stage = Stage::Ended;
    }

    fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    fn has_finish_reason(&self) -> bool {
        self.finish.is_some()
    }
}

fn push(event: fn(String) -> ModelEvent, text: String, out: &mut Vec<ModelEvent>) {
    if !text.is_empty() {
        out.push(event(text));
    }
}
