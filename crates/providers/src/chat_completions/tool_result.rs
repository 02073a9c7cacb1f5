//! What a model is told about how its call ended.

use serde_json::Value;
use weald_domain::{
    message::{Outcome, ToolState},
    tool::ToolContent,
};

const INTERRUPTED: &str = "interrupted before it ran";

/// The content of a `tool` message.
pub(super) fn text_of(state: &ToolState) -> String {
    match state {
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. } => INTERRUPTED.to_owned(),
        ToolState::Ended {
            outcome,
            output,
            truncated,
            ..
        } => {
            let text = output_text(output);
            let text = match outcome {
                Outcome::Ok if text.is_empty() => "(the tool answered nothing)".to_owned(),
                Outcome::Ok => text,
                Outcome::Error => format!("The tool failed: {text}"),
                Outcome::Denied => format!("The call was not allowed, and did not run: {text}"),
                Outcome::Unknown => format!(
                    "It is not known whether this call took effect; look before repeating it: \
                     {text}"
                ),
            };
            if *truncated {
                format!("{text}\n(the output was cut)")
            } else {
                text
            }
        }
    }
}

/// The text of a stored output: a text, or `{"content": [ToolContent…]}`. Workers give a text and
/// the same as JSON; a model needs it once.
pub(crate) fn output_text(output: &Value) -> String {
    if let Value::String(text) = output {
        return text.clone();
    }
    let Some(content) = contents(output) else {
        return if output.is_null() {
            String::new()
        } else {
            output.to_string()
        };
    };
    let texts: Vec<String> = content
        .iter()
        .filter(|piece| matches!(piece, ToolContent::Text { text } if !text.is_empty()))
        .map(ToolContent::to_text)
        .collect();
    if texts.is_empty() {
        let all: Vec<String> = content.iter().map(ToolContent::to_text).collect();
        all.join("\n")
    } else {
        texts.join("\n")
    }
}

/// The pieces of a stored output that has the usual form.
pub(crate) fn contents(output: &Value) -> Option<Vec<ToolContent>> {
    serde_json::from_value(output.get("content")?.clone()).ok()
}
