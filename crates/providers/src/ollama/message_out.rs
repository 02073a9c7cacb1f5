//! Messages of a context as messages of the wire.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::{Part, Role},
    model::{ContextMessage, ModelError, ModelRequest},
};

use crate::{
    call_out::{CallIds, arguments, is_lone_result, name, refuse_files, text_of},
    tool_result,
};

/// The `messages` member of a request.
pub(super) fn encode_all(request: &ModelRequest) -> Result<Vec<Value>, ModelError> {
    let mut out = vec![];
    let mut ids = CallIds::default();
    if let Some(system) = request.system.as_deref().filter(|text| !text.is_empty()) {
        out.push(json!({"role": "system", "content": system}));
    }
    let turn_start = request
        .messages
        .iter()
        .rposition(|message| message.role == Role::User)
        .unwrap_or(0);
    for (at, message) in request.messages.iter().enumerate() {
        refuse_files(message)?;
        match message.role {
            Role::System => push_text("system", message, &mut out),
            Role::User => push_text("user", message, &mut out),
            Role::Tool if is_lone_result(message) => push_text("user", message, &mut out),
            Role::Assistant | Role::Tool => {
                // Models were taught their thoughts within a turn and not beyond it.
                let thinking = if at > turn_start {
                    thoughts_of(message)
                } else {
                    String::new()
                };
                push_assistant(message, thinking, &mut ids, &mut out);
            }
        }
    }
    Ok(out)
}

fn push_text(role: &str, message: &ContextMessage, out: &mut Vec<Value>) {
    let text = text_of(message);
    if !text.is_empty() {
        out.push(json!({"role": role, "content": text}));
    }
}

fn thoughts_of(message: &ContextMessage) -> String {
    let text = |part: &Part| match part {
        Part::Reasoning { text, .. } => Some(text.clone()),
        Part::Text { .. } | Part::Tool(_) | Part::Other(_) => None,
    };
    message.parts.iter().filter_map(text).collect()
}

fn push_assistant(
    message: &ContextMessage,
    thinking: String,
    ids: &mut CallIds,
    out: &mut Vec<Value>,
) {
    let text = text_of(message);
    let mut calls = vec![];
    let mut results = vec![];
    for part in &message.parts {
        let Part::Tool(tool) = part else { continue };
        let (id, name) = (ids.take(&tool.call_id), name(&tool.tool));
        calls.push(json!({
            "id": id, "type": "function",
            "function": {"name": name, "arguments": arguments(tool)},
        }));
        results.push(json!({
            "role": "tool", "tool_name": name, "tool_call_id": id,
            "content": tool_result::text_of(&tool.state),
        }));
    }
    if text.is_empty() && calls.is_empty() {
        return;
    }
    let mut members = Map::new();
    members.insert("role".into(), json!("assistant"));
    members.insert("content".into(), json!(text));
    if !thinking.is_empty() {
        members.insert("thinking".into(), json!(thinking));
    }
    if !calls.is_empty() {
        members.insert("tool_calls".into(), Value::Array(calls));
    }
    out.push(Value::Object(members));
    out.extend(results);
}
