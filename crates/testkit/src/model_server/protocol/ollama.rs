//! What a request of Ollama's own wire must look like.

use serde_json::Value;

use super::tools;

const MEMBERS: [&str; 7] = [
    "model", "messages", "stream", "tools", "options", "truncate", "shift",
];
const OPTIONS: [&str; 3] = ["temperature", "num_predict", "num_ctx"];

/// Checks a body.
#[must_use]
pub fn body(body: &Value) -> Vec<String> {
    let mut wrong = tools::members(body, &MEMBERS);
    if let Some(options) = body.get("options") {
        wrong.extend(tools::members(options, &OPTIONS));
    }
    if text(body, "model").is_empty() {
        wrong.push("`model` names no model".to_owned());
    }
    if body.get("stream") != Some(&Value::Bool(true)) {
        wrong.push("`stream` is not true".to_owned());
    }
    for member in ["truncate", "shift"] {
        if body.get(member) != Some(&Value::Bool(false)) {
            wrong.push(format!(
                "`{member}` is not false: a prompt may be cut silently"
            ));
        }
    }
    let tools = tools::check(body.get("tools"), "/function/name", "/function/parameters");
    wrong.extend(tools);
    let messages = body.get("messages").and_then(Value::as_array);
    let Some(messages) = messages.filter(|messages| !messages.is_empty()) else {
        wrong.push("`messages` is no array, or an empty one".to_owned());
        return wrong;
    };
    let mut order = Order {
        open: vec![],
        wrong,
    };
    for (at, message) in messages.iter().enumerate() {
        order.message(at, message);
    }
    order.all_answered(messages.len());
    order.wrong
}

/// Follows the messages: results come in the order of their calls, right behind them.
struct Order {
    /// Names of the tools whose calls wait.
    open: Vec<String>,
    wrong: Vec<String>,
}

impl Order {
    fn say(&mut self, at: usize, what: &str) {
        self.wrong.push(format!("message {at} {what}"));
    }

    fn all_answered(&mut self, at: usize) {
        if !std::mem::take(&mut self.open).is_empty() {
            self.say(at, "does not answer every call");
        }
    }

    fn message(&mut self, at: usize, message: &Value) {
        let role = text(message, "role");
        let has_text = !text(message, "content").is_empty();
        if role != "tool" {
            self.all_answered(at);
        }
        match role {
            "system" | "user" if has_text => {}
            "system" | "user" => self.say(at, "has no text"),
            "tool" => {
                let next = (!self.open.is_empty()).then(|| self.open.remove(0));
                if next.as_deref() != Some(text(message, "tool_name")) || !has_text {
                    self.say(at, &format!("answers another call: {message}"));
                }
            }
            "assistant" => {
                let calls = message.get("tool_calls").and_then(Value::as_array);
                let calls = calls.map(Vec::as_slice).unwrap_or_default();
                if calls.is_empty() && !has_text {
                    self.say(at, "says nothing");
                }
                for call in calls {
                    let name = call.pointer("/function/name").and_then(Value::as_str);
                    let args = call.pointer("/function/arguments");
                    if name.is_none() || !args.is_some_and(Value::is_object) {
                        self.say(at, &format!("has a malformed call: {call}"));
                    }
                    self.open.push(name.unwrap_or("").to_owned());
                }
            }
            other => self.say(at, &format!("has the role `{other}`")),
        }
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}
