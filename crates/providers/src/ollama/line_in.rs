//! Lines of a streamed answer as [`ModelEvent`]s: every piece of every line becomes one.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent},
};

use super::usage;
use crate::{
    chat_completions::wire_error,
    redact::Quoter,
    unknown::keep_rest,
    wire::{self, AnswerDecoder, Stage},
};

/// The state of one answer between two lines.
#[derive(Debug, Default)]
pub struct LineDecoder {
    /// When the answer began, in digits: the wire names no call, so an id is made of it.
    created: String,
    calls: u32,
    stage: Stage,
    quoter: Quoter,
}

/// What a line says of itself.
const ENVELOPE: [&str; 9] = [
    "model",
    "created_at",
    "done",
    "total_duration",
    "load_duration",
    "prompt_eval_duration",
    "eval_duration",
    "remote_model",
    "remote_host",
];

impl LineDecoder {
    /// A decoder that quotes a provider's words with this quoter.
    #[must_use]
    pub fn quoting(quoter: Quoter) -> Self {
        Self {
            quoter,
            ..Self::default()
        }
    }

    fn line(
        &mut self,
        mut line: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        if line.get("error").is_some_and(|error| !error.is_null()) {
            self.stage = Stage::Ended;
            return Err(wire_error::decode(&Value::Object(line), &self.quoter));
        }
        if self.created.is_empty()
            && let Some(Value::String(created)) = line.get("created_at")
        {
            self.created = created.chars().filter(char::is_ascii_digit).collect();
        }
        match line.remove("message") {
            Some(Value::Object(message)) => self.message(message, out),
            None | Some(Value::Null) => {}
            Some(other) => out.push(ModelEvent::Unknown(json!({"message": other}))),
        }
        let is_done = line.get("done") == Some(&Value::Bool(true));
        let reason = line.remove("done_reason");
        out.extend(usage::take(&mut line).map(ModelEvent::Usage));
        keep_rest(line, &ENVELOPE, out);
        if is_done {
            let finish = self.finish_reason(reason.as_ref(), out);
            self.stage = Stage::Ended;
            out.push(ModelEvent::Finished(finish));
        }
        Ok(())
    }

    fn message(&mut self, mut message: Map<String, Value>, out: &mut Vec<ModelEvent>) {
        for (member, event) in [
            (
                "thinking",
                ModelEvent::Reasoning as fn(String) -> ModelEvent,
            ),
            ("content", ModelEvent::Text),
        ] {
            match message.remove(member) {
                Some(Value::String(text)) if text.is_empty() => {}
                Some(Value::String(text)) => out.push(event(text)),
                None | Some(Value::Null) => {}
                Some(other) => out.push(ModelEvent::Unknown(json!({member: other}))),
            }
        }
        match message.remove("tool_calls") {
            Some(Value::Array(calls)) => {
                for call in calls {
                    self.call(&call, out);
                }
            }
            None | Some(Value::Null) => {}
            Some(other) => out.push(ModelEvent::Unknown(json!({"tool_calls": other}))),
        }
        keep_rest(message, &["role"], out);
    }

    /// A call comes whole.
    fn call(&mut self, call: &Value, out: &mut Vec<ModelEvent>) {
        let Some(name) = call.pointer("/function/name").and_then(Value::as_str) else {
            out.push(ModelEvent::Unknown(json!({"tool_calls": [call]})));
            return;
        };
        let index = self.calls;
        self.calls += 1;
        let id = match call.get("id").and_then(Value::as_str) {
            Some(id) if !id.is_empty() => id.to_owned(),
            Some(_) | None => format!("call_{}_{index}", self.created),
        };
        let name = name.to_owned();
        out.push(ModelEvent::ToolCall { index, id, name });
        let delta = match call.pointer("/function/arguments") {
            None | Some(Value::Null) => "{}".to_owned(),
            Some(Value::String(raw)) => raw.clone(),
            Some(arguments) => arguments.to_string(),
        };
        out.push(ModelEvent::ToolArgs { index, delta });
    }

    fn finish_reason(&self, reason: Option<&Value>, out: &mut Vec<ModelEvent>) -> FinishReason {
        match reason.and_then(Value::as_str) {
            Some("length") => FinishReason::Length,
            None | Some("stop" | "tool_calls") if self.calls > 0 => FinishReason::ToolCalls,
            None | Some("stop" | "tool_calls") => FinishReason::Stop,
            Some(other) => {
                out.push(ModelEvent::Unknown(json!({"done_reason": other})));
                // A reason that nobody knows takes no call away.
                if self.calls > 0 {
                    FinishReason::ToolCalls
                } else {
                    FinishReason::Stop
                }
            }
        }
    }
}

impl AnswerDecoder for LineDecoder {
    fn data(&mut self, _: &str, data: &str, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        let data = data.trim();
        if self.stage == Stage::Ended || data.is_empty() {
            return Ok(());
        }
        match wire::object(data, &self.quoter, out)? {
            Some(line) => self.line(line, out),
            None => Ok(()),
        }
    }

    fn cut(&mut self, _: &mut Vec<ModelEvent>) {
        // Nothing is held back: a call comes whole.
        self.stage = Stage::Ended;
    }

    fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }
}
