//! What a request of Chat Completions must look like.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::tools;

const MEMBERS: [&str; 9] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "temperature",
    "max_tokens",
    "max_completion_tokens",
];

/// Checks the body of a chat request.
#[must_use]
pub fn body(body: &Value) -> Vec<String> {
    let Some(members) = body.as_object() else {
        return vec!["the body is no object".to_owned()];
    };
    let mut wrong = vec![];
    for member in members.keys() {
        if !MEMBERS.contains(&member.as_str()) {
            wrong.push(format!("unknown member `{member}`"));
        }
    }
    if members
        .get("model")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        wrong.push("`model` names no model".to_owned());
    }
    if members.get("stream") != Some(&Value::Bool(true)) {
        wrong.push("`stream` is not true".to_owned());
    }
    let usage = body.pointer("/stream_options/include_usage");
    if usage != Some(&Value::Bool(true)) {
        wrong.push("`stream_options.include_usage` is not true".to_owned());
    }
    wrong.extend(tools(members));
    wrong.extend(messages(members));
    wrong
}

fn tools(members: &Map<String, Value>) -> Vec<String> {
    let offered = members.get("tools");
    let mut wrong = tools::check(offered, "/function/name", "/function/parameters");
    for tool in offered.and_then(Value::as_array).into_iter().flatten() {
        if tool.get("type").and_then(Value::as_str) != Some("function") {
            let name = tool.pointer("/function/name").unwrap_or(&Value::Null);
            wrong.push(format!("the tool {name} is no function"));
        }
    }
    wrong
}

fn messages(members: &Map<String, Value>) -> Vec<String> {
    let messages = members.get("messages").and_then(Value::as_array);
    let Some(messages) = messages.filter(|messages| !messages.is_empty()) else {
        return vec!["`messages` is no array, or an empty one".to_owned()];
    };
    let mut order = Order::default();
    for (at, message) in messages.iter().enumerate() {
        order.message(at, message);
    }
    order.all_answered(messages.len());
    order.wrong
}

/// Follows the messages: each result answers a call of the assistant message before it, and each
/// call is answered before anything else is said.
#[derive(Default)]
struct Order {
    open: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Order {
    fn message(&mut self, at: usize, message: &Value) {
        let role = message.get("role").and_then(Value::as_str).unwrap_or("");
        if role != "tool" {
            self.all_answered(at);
        }
        match role {
            "system" if at == 0 => self.has_text(at, message),
            "system" => self.has_text(at, message),
            "user" => self.has_text(at, message),
            "assistant" => self.assistant(at, message),
            "tool" => self.result(at, message),
            other => self
                .wrong
                .push(format!("message {at} has the role `{other}`")),
        }
    }

    fn all_answered(&mut self, at: usize) {
        for id in std::mem::take(&mut self.open) {
            self.wrong
                .push(format!("the call `{id}` has no result before message {at}"));
        }
    }

    fn has_text(&mut self, at: usize, message: &Value) {
        let content = message.get("content").and_then(Value::as_str);
        if content.is_none_or(str::is_empty) {
            self.wrong.push(format!("message {at} has no text"));
        }
    }

    fn assistant(&mut self, at: usize, message: &Value) {
        let Some(calls) = message.get("tool_calls") else {
            self.has_text(at, message);
            return;
        };
        let calls = calls.as_array().map(Vec::as_slice).unwrap_or_default();
        if calls.is_empty() {
            self.wrong
                .push(format!("message {at} has no call in `tool_calls`"));
        }
        for call in calls {
            let text = |path: &str| call.pointer(path).and_then(Value::as_str).unwrap_or("");
            let (id, name) = (text("/id"), text("/function/name"));
            let args: Option<Map<String, Value>> =
                serde_json::from_str(text("/function/arguments")).ok();
            let is_legal = (1..=40).contains(&id.len()) && tools::is_name(name);
            if !is_legal || args.is_none() || text("/type") != "function" {
                self.wrong
                    .push(format!("message {at} has a malformed call: {call}"));
            }
            if !self.open.insert(id.to_owned()) {
                self.wrong
                    .push(format!("message {at} has two calls `{id}`"));
            }
        }
    }

    fn result(&mut self, at: usize, message: &Value) {
        let id = message
            .get("tool_call_id")
            .and_then(Value::as_str)
            .unwrap_or("");
        if !self.open.remove(id) {
            self.wrong.push(format!(
                "message {at} is the result of no open call: `{id}`"
            ));
        }
        self.has_text(at, message);
    }
}
