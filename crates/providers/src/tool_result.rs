//! What a model is told about how its call ended.

use weald_domain::message::{Outcome, ToolState};

use crate::tool_output;

const FAILED: &str = "The tool failed: ";
const INTERRUPTED: &str = "interrupted before it ran";

/// The content of a `tool` message.
pub(crate) fn text_of(state: &ToolState) -> String {
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
            let text = tool_output::text(output);
            let text = match outcome {
                Outcome::Ok if text.is_empty() => "(the tool answered nothing)".to_owned(),
                Outcome::Ok => text,
                // A client may send back what it was told so.
                Outcome::Error if text.starts_with(FAILED) => text,
                Outcome::Error => format!("{FAILED}{text}"),
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
