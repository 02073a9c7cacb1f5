//! Messages of a context as the input items of the wire.

use serde_json::{Value, json};
use weald_domain::{
    message::{Part, Role},
    model::{ContextMessage, ModelError, ModelRequest},
};

use super::reasoning;
use crate::{
    call_out::{CallIds, arguments, is_lone_result, name, refuse_files, text_of},
    tool_result,
};

/// The `input` member of a request.
pub(super) fn encode_all(request: &ModelRequest) -> Result<Vec<Value>, ModelError> {
    let mut out = vec![];
    let mut ids = CallIds::default();
    for message in &request.messages {
        refuse_files(message)?;
        match message.role {
            Role::System => push_text("system", message, &mut out),
            Role::User => push_text("user", message, &mut out),
            Role::Tool if is_lone_result(message) => push_text("user", message, &mut out),
            Role::Assistant | Role::Tool => push_assistant(message, &mut ids, &mut out),
        }
    }
    Ok(out)
}

fn push_text(role: &str, message: &ContextMessage, out: &mut Vec<Value>) {
    let text = text_of(message);
    if !text.is_empty() {
        let content = json!([{"type": "input_text", "text": text}]);
        out.push(json!({"type": "message", "role": role, "content": content}));
    }
}

fn push_assistant(message: &ContextMessage, ids: &mut CallIds, out: &mut Vec<Value>) {
    let mut results = vec![];
    // An item of reasoning is refused without the item that it led to.
    let mut thoughts = vec![];
    for part in &message.parts {
        match part {
            Part::Text { text, .. } if text.is_empty() => {}
            Part::Text { text, .. } => {
                out.append(&mut thoughts);
                let content = json!([{"type": "output_text", "text": text}]);
                out.push(json!({"type": "message", "role": "assistant", "content": content}));
            }
            Part::Reasoning { provider, .. } => {
                thoughts.extend(reasoning::items(provider.as_ref()));
            }
            Part::Tool(tool) => {
                out.append(&mut thoughts);
                let id = ids.take(&tool.call_id);
                let arguments = Value::Object(arguments(tool)).to_string();
                out.push(json!({
                    "type": "function_call", "call_id": id, "name": name(&tool.tool),
                    "arguments": arguments,
                }));
                let output = tool_result::text_of(&tool.state);
                results.push(json!({
                    "type": "function_call_output", "call_id": id, "output": output,
                }));
            }
            Part::Other(_) => {}
        }
    }
    out.extend(results);
}
