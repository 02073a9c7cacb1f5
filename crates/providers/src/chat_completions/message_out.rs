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
    call_out::{self, CallIds, GO_ON, is_lone_result, refuse_files, text_of},
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
    let mut ids = CallIds::default();
    for (at, message) in request.messages.iter().enumerate() {
        refuse_files(message)?;
        match message.role {
            Role::System => push_text("system", message, &mut out),
            Role::User => push_text("user", message, &mut out),
            Role::Tool if is_lone_result(message) => push_text("user", message, &mut out),
            Role::Assistant | Role::Tool => {
                let turn = Turn::of(&request.messages, at);
                let thought = reasoning::replayed(message, &request.model, dialect, turn);
                push_assistant(message, thought, &mut ids, &mut out);
            }
        }
    }
    // Several servers take no beginning of an answer.
    if out.last().is_some_and(|last| last["role"] == "assistant") {
        out.push(json!({"role": "user", "content": GO_ON}));
    }
    Ok(out)
}

/// The turn that an assistant message belongs to: what stands between two messages of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Whether the user has spoken since.
    pub(super) is_over: bool,
    /// Whether a tool was called in it.
    pub(super) has_calls: bool,
}

impl Turn {
    fn of(messages: &[ContextMessage], at: usize) -> Self {
        let is_user = |message: &ContextMessage| message.role == Role::User;
        let (before, behind) = messages.split_at(at);
        let start = before.iter().rposition(is_user).map_or(0, |user| user + 1);
        let end = behind.iter().position(is_user).map(|user| at + user);
        let turn = messages.get(start..end.unwrap_or(messages.len()));
        let is_call = |part: &Part| matches!(part, Part::Tool(_));
        let mut parts = turn
            .into_iter()
            .flatten()
            .flat_map(|message| &message.parts);
        Self {
            is_over: end.is_some(),
            has_calls: parts.any(is_call),
        }
    }
}

fn push_text(role: &str, message: &ContextMessage, out: &mut Vec<Value>) {
    let text = text_of(message);
    if !text.is_empty() {
        out.push(json!({"role": role, "content": text}));
    }
}

fn push_assistant(
    message: &ContextMessage,
    thought: Map<String, Value>,
    ids: &mut CallIds,
    out: &mut Vec<Value>,
) {
    let text = text_of(message);
    let (mut calls, mut results) = (vec![], vec![]);
    for part in &message.parts {
        let Part::Tool(tool) = part else { continue };
        let id = ids.take_as_it_is(&tool.call_id);
        calls.push(encode_call(&id, tool));
        results.push(json!({
            "role": "tool",
            "tool_call_id": id,
            "content": tool_result::text_of(&tool.state),
        }));
    }
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
    members.extend(thought);
    if !calls.is_empty() {
        members.insert("tool_calls".into(), Value::Array(calls));
    }
    out.push(Value::Object(members));
    out.extend(results);
}

fn encode_call(id: &str, call: &ToolPart) -> Value {
    let arguments = Value::Object(call_out::arguments(call));
    json!({
        "id": id,
        "type": "function",
        "function": {"name": call_out::name(&call.tool), "arguments": arguments.to_string()},
    })
}
