//! Events of a streamed answer as [`ModelEvent`]s: every piece of every event becomes one.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent, Usage},
};

use super::{block_in::Blocks, usage};
use crate::{
    chat_completions::wire_error,
    redact::Quoter,
    unknown::keep_rest,
    wire::{self, AnswerDecoder, Stage},
};

/// The state of one answer between two events.
#[derive(Debug, Default)]
pub struct EventDecoder {
    blocks: Blocks,
    usage: Usage,
    finish: Option<FinishReason>,
    stage: Stage,
    quoter: Quoter,
}

impl EventDecoder {
    /// A decoder that quotes a provider's words with this quoter.
    #[must_use]
    pub fn quoting(quoter: Quoter) -> Self {
        Self {
            quoter,
            ..Self::default()
        }
    }

    fn event(
        &mut self,
        mut event: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or("");
        match kind {
            "message_start" => match event.remove("message") {
                Some(Value::Object(message)) => self.message(message, out)?,
                other => out.push(ModelEvent::Unknown(json!({"message_start": other}))),
            },
            "content_block_start" => self.blocks.start(event, out),
            "content_block_delta" => self.blocks.delta(event, out)?,
            "content_block_stop" => self.blocks.stop(&event, out),
            "message_delta" => self.message_delta(event, out),
            "message_stop" => self.finish_now(out),
            "ping" => {}
            "error" => return Err(self.fail(&Value::Object(event), out)),
            // A server that does not stream answers with the whole message.
            "message" => {
                self.message(event, out)?;
                self.finish_now(out);
            }
            _ if event.contains_key("error") => {
                return Err(self.fail(&Value::Object(event), out));
            }
            _ => out.push(ModelEvent::Unknown(Value::Object(event))),
        }
        Ok(())
    }

    /// The head of an answer, or a whole one.
    fn message(
        &mut self,
        mut message: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        if let Some(Value::Array(blocks)) = message.remove("content") {
            for (block, at) in blocks.into_iter().zip(0_u64..) {
                self.blocks.whole(at, block, out)?;
            }
        }
        if let Some(Value::String(reason)) = message.remove("stop_reason") {
            self.stop_reason(&reason, out);
        }
        if let Some(Value::Object(usage)) = message.remove("usage") {
            self.usage(&usage, out);
        }
        let known = ["id", "type", "role", "model", "stop_sequence"];
        keep_rest(message, &known, out);
        Ok(())
    }

    fn message_delta(&mut self, mut event: Map<String, Value>, out: &mut Vec<ModelEvent>) {
        if let Some(Value::Object(mut delta)) = event.remove("delta") {
            if let Some(Value::String(reason)) = delta.remove("stop_reason") {
                self.stop_reason(&reason, out);
            }
            keep_rest(delta, &["stop_sequence"], out);
        }
        if let Some(Value::Object(usage)) = event.remove("usage") {
            self.usage(&usage, out);
        }
        keep_rest(event, &["type"], out);
    }

    fn usage(&mut self, members: &Map<String, Value>, out: &mut Vec<ModelEvent>) {
        let usage = usage::decode(self.usage, members);
        if usage.total > 0 && usage != self.usage {
            self.usage = usage;
            out.push(ModelEvent::Usage(usage));
        }
    }

    fn stop_reason(&mut self, reason: &str, out: &mut Vec<ModelEvent>) {
        let finish = match reason {
            "end_turn" | "stop_sequence" | "pause_turn" => FinishReason::Stop,
            "tool_use" => FinishReason::ToolCalls,
            "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
            "refusal" => FinishReason::ContentFilter,
            other => {
                out.push(ModelEvent::Unknown(json!({"stop_reason": other})));
                FinishReason::Stop
            }
        };
        self.finish = Some(finish);
        self.blocks.settle(finish, out);
    }

    fn finish_now(&mut self, out: &mut Vec<ModelEvent>) {
        self.stage = Stage::Ended;
        let said = self.finish.unwrap_or(FinishReason::Stop);
        self.blocks.stop_all(said, out);
        let finish = match (said, self.blocks.has_calls()) {
            (FinishReason::Stop, true) => FinishReason::ToolCalls,
            (FinishReason::ToolCalls, false) => FinishReason::Stop,
            (said, _) => said,
        };
        out.push(ModelEvent::Finished(finish));
    }

    fn fail(&mut self, error: &Value, out: &mut Vec<ModelEvent>) -> ModelError {
        self.cut(out);
        wire_error::decode(error, &self.quoter)
    }
}

impl AnswerDecoder for EventDecoder {
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
        match wire::object(data, &self.quoter, out)? {
            Some(event) if kind == "error" => Err(self.fail(&Value::Object(event), out)),
            Some(event) => self.event(event, out),
            None => Ok(()),
        }
    }

    fn cut(&mut self, _: &mut Vec<ModelEvent>) {
        // A call is announced when it begins; a signature that did not come whole is worth nothing.
        self.stage = Stage::Ended;
    }

    fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }
}
