//! Messages of a context as messages of the wire.
//!
//! A tool part is a call and its result in one; the wire has them apart: the call stands in the
//! assistant message, the result in a `tool` message right behind it.

use serde_json::{Map, Value, json};
use weald_domain::{
    message::{Part, Role, ToolPart},
    model::{ContextMessage, ModelError, ModelRequest},
};

use super::{Dialect, reasoning};
use crate::{
    call_out::{self, is_lone_result, refuse_files, text_of},
    tool_result,
};

/// The `messages` member of a request.
pub(super) fn encode_all(
    request: &ModelRequest,
    dialect: Dialect,
) -> Result<Vec<Value>, ModelError> {
    let mut out = Vec::with_capacity(request.messages.len() + 1);
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
                let turn = if at > turn_start {
                    Turn::Current
                } else {
                    Turn::Past
                };
                push_assistant(message, dialect, turn, &mut out);
            }
        }
    }
    Ok(out)
}

/// Whether an assistant message belongs to the turn that is still running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Current,
    Past,
}

fn push_text(role: &str, message: &ContextMessage, out: &mut Vec<Value>) {
    let text = text_of(message);
    if !text.is_empty() {
        out.push(json!({"role": role, "content": text}));
    }
}

fn push_assistant(message: &ContextMessage, dialect: Dialect, turn: Turn, out: &mut Vec<Value>) {
    let text = text_of(message);
    let calls: Vec<&ToolPart> = message
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Tool(tool) => Some(tool),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        })
        .collect();
    if text.is_empty() && calls.is_empty() {
        return;
    }
    let mut members = Map::new();
    members.insert("role".into(), json!("assistant"));
    let content = if text.is_empty() {
        Value::Null
    } else {
        json!(text)
    };
    members.insert("content".into(), content);
    reasoning::replay(message, dialect, turn, &mut members);
    if !calls.is_empty() {
        let calls = calls.iter().map(|call| encode_call(call)).collect();
        members.insert("tool_calls".into(), Value::Array(calls));
    }
    out.push(Value::Object(members));
    out.extend(calls.iter().map(|call| {
        json!({
            "role": "tool",
            "tool_call_id": call.call_id,
            "content": tool_result::text_of(&call.state),
        })
    }));
}

fn encode_call(call: &ToolPart) -> Value {
    let arguments = Value::Object(call_out::arguments(call));
    json!({
        "id": call.call_id,
        "type": "function",
        "function": {"name": call.tool, "arguments": arguments.to_string()},
    })
}
