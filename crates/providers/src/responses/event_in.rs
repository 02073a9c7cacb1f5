//! Events of a streamed response as [`ModelEvent`]s: every piece of every event becomes one.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent},
};

use super::{item_in::Items, usage};
use crate::{
    chat_completions::wire_error,
    redact::Quoter,
    wire::{self, AnswerDecoder, Stage},
};

/// The state of one response between two events.
#[derive(Debug, Default)]
pub struct EventDecoder {
    items: Items,
    stage: Stage,
    quoter: Quoter,
}

/// Events that only repeat what others said.
const REPEATING: [&str; 11] = [
    "response.created",
    "response.in_progress",
    "response.queued",
    "response.content_part.added",
    "response.content_part.done",
    "response.output_text.done",
    "response.refusal.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
    "response.reasoning_summary_text.done",
    "response.reasoning_text.done",
];

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
        let number = |member: &str| event.get(member).and_then(Value::as_u64);
        let at = number("output_index").unwrap_or(0);
        let part = number("summary_index").or_else(|| number("content_index"));
        let kind = match event.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            _ => String::new(),
        };
        let piece = match event.get("delta") {
            Some(Value::String(piece)) => Some(piece.clone()),
            _ => None,
        };
        match (kind.as_str(), piece) {
            ("response.output_text.delta" | "response.refusal.delta", Some(piece)) => {
                self.items.text(at, piece, out);
            }
            (
                "response.reasoning_summary_text.delta" | "response.reasoning_text.delta",
                Some(piece),
            ) => self.items.thought(at, part, piece, out),
            ("response.function_call_arguments.delta", Some(piece)) => {
                self.items.arguments(at, piece, out);
            }
            // The whole arguments come again with the item.
            ("response.function_call_arguments.done", _) => {}
            ("response.output_item.added", _) => {
                let item = event.remove("item").unwrap_or_default();
                self.items.begin(at, &item, out);
            }
            ("response.output_item.done", _) => {
                let item = event.remove("item").unwrap_or_default();
                self.items.done(at, item, out)?;
            }
            ("response.completed" | "response.incomplete" | "response.failed", _) => {
                match event.remove("response") {
                    Some(Value::Object(response)) => self.response(&kind, response, out)?,
                    _ => return Err(self.fail(&Value::Object(event), out)),
                }
            }
            ("error", _) => return Err(self.fail(&Value::Object(event), out)),
            (kind, _) if REPEATING.contains(&kind) => {}
            // A server that does not stream answers with the whole response.
            ("", _) if event.get("object") == Some(&json!("response")) => {
                let status = event.get("status").and_then(Value::as_str);
                let kind = format!("response.{}", status.unwrap_or("completed"));
                self.response(&kind, event, out)?;
            }
            ("", _) if event.get("error").is_some_and(|error| !error.is_null()) => {
                return Err(self.fail(&Value::Object(event), out));
            }
            _ => out.push(ModelEvent::Unknown(Value::Object(event))),
        }
        Ok(())
    }

    /// The response as it ended.
    fn response(
        &mut self,
        kind: &str,
        mut response: Map<String, Value>,
        out: &mut Vec<ModelEvent>,
    ) -> Result<(), ModelError> {
        if let Some(Value::Array(items)) = response.remove("output") {
            for (item, at) in items.into_iter().zip(0_u64..) {
                self.items.done(at, item, out)?;
            }
        }
        let usage = match response.remove("usage") {
            Some(Value::Object(usage)) => Some(ModelEvent::Usage(usage::decode(&usage))),
            _ => None,
        };
        let finish = match kind {
            "response.completed" if self.items.has_calls() => FinishReason::ToolCalls,
            "response.completed" => FinishReason::Stop,
            "response.incomplete" => incomplete(&response),
            _ => {
                out.extend(usage);
                let error = response.remove("error").unwrap_or(Value::Object(response));
                return Err(self.fail(&error, out));
            }
        };
        self.items.end(finish, out);
        out.extend(usage);
        self.stage = Stage::Ended;
        out.push(ModelEvent::Finished(finish));
        Ok(())
    }

    fn fail(&mut self, error: &Value, out: &mut Vec<ModelEvent>) -> ModelError {
        self.cut(out);
        wire_error::decode(error, &self.quoter)
    }
}

fn incomplete(response: &Map<String, Value>) -> FinishReason {
    let details = response.get("incomplete_details");
    let reason = details.and_then(|details| details.get("reason")?.as_str());
    match reason {
        Some("content_filter") => FinishReason::ContentFilter,
        Some(_) | None => FinishReason::Length,
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
        // Some servers end their stream in the manner of Chat Completions.
        if self.stage == Stage::Ended || data.is_empty() || data == "[DONE]" {
            return Ok(());
        }
        match wire::object(data, &self.quoter, out)? {
            Some(event) if kind == "error" => Err(self.fail(&Value::Object(event), out)),
            Some(event) => self.event(event, out),
            None => Ok(()),
        }
    }

    fn cut(&mut self, _: &mut Vec<ModelEvent>) {
        // A call is announced when it begins, and its arguments as they come.
        self.stage = Stage::Ended;
    }

    fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }
}
