//! What a request of OpenAI's Responses must look like.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::tools;
use crate::model_server::wire::signature;

const MEMBERS: [&str; 9] = [
    "model",
    "instructions",
    "input",
    "tools",
    "temperature",
    "max_output_tokens",
    "include",
    "store",
    "stream",
];

/// Checks a body for the server with this seal.
#[must_use]
pub fn body(body: &Value, seal: u16) -> Vec<String> {
    let mut wrong = tools::members(body, &MEMBERS);
    if text(body, "model").is_empty() {
        wrong.push("`model` names no model".to_owned());
    }
    if body.get("stream") != Some(&Value::Bool(true)) {
        wrong.push("`stream` is not true".to_owned());
    }
    if body.get("store") != Some(&Value::Bool(false)) {
        wrong.push("`store` is not false".to_owned());
    }
    wrong.extend(tools::check(body.get("tools"), "/name", "/parameters"));
    let items = body.get("input").and_then(Value::as_array);
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        wrong.push("`input` is no array, or an empty one".to_owned());
        return wrong;
    };
    let mut order = Order {
        seal,
        wrong,
        ..Order::default()
    };
    for (at, item) in items.iter().enumerate() {
        order.item(at, item);
    }
    if order.after_thought {
        order.say(items.len(), "is missing behind a thought");
    }
    for id in std::mem::take(&mut order.open) {
        order.say(items.len(), &format!("does not answer the call `{id}`"));
    }
    order.wrong
}

/// Follows the items: a thought is one that this server sealed and stands before what it led to,
/// each call is answered once.
#[derive(Default)]
struct Order {
    seal: u16,
    after_thought: bool,
    open: BTreeSet<String>,
    ids: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Order {
    fn say(&mut self, at: usize, what: &str) {
        self.wrong.push(format!("item {at} {what}"));
    }

    fn item(&mut self, at: usize, item: &Value) {
        let kind = text(item, "type");
        let is_thought = kind == "reasoning";
        let is_model = is_thought || kind == "function_call" || text(item, "role") == "assistant";
        if self.after_thought && !is_model {
            self.say(at, "follows a thought that led to nothing");
        }
        self.after_thought = is_thought;
        match kind {
            "message" => self.message(at, item),
            "reasoning" => self.thought(at, item),
            "function_call" => {
                let id = text(item, "call_id");
                let args: Option<Map<String, Value>> =
                    serde_json::from_str(text(item, "arguments")).ok();
                let is_legal = (1..=64).contains(&id.len()) && tools::is_name(text(item, "name"));
                if !is_legal || args.is_none() {
                    self.say(at, &format!("is a malformed call: {item}"));
                }
                if !self.ids.insert(id.to_owned()) {
                    self.say(at, &format!("is a second call `{id}`"));
                }
                self.open.insert(id.to_owned());
            }
            "function_call_output" => {
                let id = text(item, "call_id");
                if !self.open.remove(id) {
                    self.say(at, &format!("is the result of no open call: `{id}`"));
                }
                if text(item, "output").is_empty() {
                    self.say(at, "has no output");
                }
            }
            other => self.say(at, &format!("is of the kind `{other}`")),
        }
    }

    fn message(&mut self, at: usize, item: &Value) {
        let expected = match text(item, "role") {
            "assistant" => "output_text",
            "user" | "system" | "developer" => "input_text",
            other => return self.say(at, &format!("has the role `{other}`")),
        };
        let pieces = item.get("content").and_then(Value::as_array);
        let pieces = pieces.map(Vec::as_slice).unwrap_or_default();
        let fits =
            |piece: &Value| text(piece, "type") == expected && !text(piece, "text").is_empty();
        if pieces.is_empty() || !pieces.iter().all(fits) {
            self.say(at, &format!("is not made of `{expected}`"));
        }
    }

    fn thought(&mut self, at: usize, item: &Value) {
        let summary = item.get("summary").and_then(Value::as_array);
        let pieces = summary.map(Vec::as_slice).unwrap_or_default();
        let said: String = pieces.iter().map(|piece| text(piece, "text")).collect();
        if text(item, "encrypted_content") != signature(self.seal, &said) {
            self.say(at, "is a thought that this server never sealed");
        }
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}
