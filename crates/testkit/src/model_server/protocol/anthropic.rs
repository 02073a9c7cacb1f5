//! What a request of Anthropic's Messages must look like.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use serde_json::Value;

use super::tools;
use crate::model_server::wire::signature;

const MEMBERS: [&str; 8] = [
    "model",
    "max_tokens",
    "system",
    "messages",
    "tools",
    "temperature",
    "stream",
    "thinking",
];

/// Checks the headers that only this wire has.
pub(in crate::model_server) fn headers(headers: &HeaderMap) -> Vec<String> {
    let version = headers.get("anthropic-version");
    if version.is_none_or(|version| version != "2023-06-01") {
        return vec![format!("anthropic-version is {version:?}")];
    }
    vec![]
}

/// Checks a body for the server with this seal.
#[must_use]
pub fn body(body: &Value, seal: u16) -> Vec<String> {
    let mut wrong = tools::members(body, &MEMBERS);
    let text = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or("");
    if text("model").is_empty() {
        wrong.push("`model` names no model".to_owned());
    }
    if body.get("max_tokens").and_then(Value::as_u64).unwrap_or(0) == 0 {
        wrong.push("`max_tokens` is no number above 0".to_owned());
    }
    if body.get("stream") != Some(&Value::Bool(true)) {
        wrong.push("`stream` is not true".to_owned());
    }
    let heat = body.get("temperature").and_then(Value::as_f64);
    if heat.is_some_and(|heat| !(0.0..=1.0).contains(&heat)) {
        wrong.push("`temperature` is not within 0 and 1".to_owned());
    }
    if body.to_string().matches("cache_control").count() > 4 {
        wrong.push("more than 4 blocks are marked for the cache".to_owned());
    }
    wrong.extend(tools::check(body.get("tools"), "/name", "/input_schema"));
    let messages = body.get("messages").and_then(Value::as_array);
    let Some(messages) = messages.filter(|messages| !messages.is_empty()) else {
        wrong.push("`messages` is no array, or an empty one".to_owned());
        return wrong;
    };
    let mut order = Order {
        seal,
        wrong,
        ..Order::default()
    };
    for (at, message) in messages.iter().enumerate() {
        order.message(at, message);
    }
    order.all_answered(messages.len());
    if order.last == "assistant" {
        order.say(messages.len() - 1, "is the last one and not the user's");
    }
    order.wrong
}

/// Follows the messages: roles alternate, each call is answered at the front of the next message,
/// and every thought is one that this server signed.
#[derive(Default)]
struct Order {
    seal: u16,
    last: String,
    open: BTreeSet<String>,
    ids: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Order {
    fn say(&mut self, at: usize, what: &str) {
        self.wrong.push(format!("message {at} {what}"));
    }

    fn message(&mut self, at: usize, message: &Value) {
        let role = message.get("role").and_then(Value::as_str).unwrap_or("");
        if role == self.last {
            self.say(at, "has the role of the one before it");
        }
        if at == 0 && role != "user" {
            self.say(at, "is not the user's");
        }
        role.clone_into(&mut self.last);
        let blocks = match message.get("content") {
            Some(Value::Array(blocks)) if !blocks.is_empty() => blocks.as_slice(),
            _ => {
                self.say(at, "has no blocks");
                return;
            }
        };
        match role {
            "user" => self.user(at, blocks),
            "assistant" => self.assistant(at, blocks),
            other => self.say(at, &format!("has the role `{other}`")),
        }
    }

    fn user(&mut self, at: usize, blocks: &[Value]) {
        let mut results_are_over = false;
        for block in blocks {
            match text(block, "type") {
                "text" => {
                    results_are_over = true;
                    self.has_text(at, text(block, "text"));
                }
                "tool_result" => {
                    if results_are_over {
                        self.say(at, "has a result behind other blocks");
                    }
                    let id = text(block, "tool_use_id");
                    if !self.open.remove(id) {
                        self.say(at, &format!("has the result of no open call: `{id}`"));
                    }
                    self.has_text(at, text(block, "content"));
                }
                other => self.say(at, &format!("has a block `{other}`")),
            }
        }
        self.all_answered(at);
    }

    fn all_answered(&mut self, at: usize) {
        for id in std::mem::take(&mut self.open) {
            self.say(at, &format!("does not answer the call `{id}`"));
        }
    }

    fn assistant(&mut self, at: usize, blocks: &[Value]) {
        for block in blocks {
            match text(block, "type") {
                "text" => self.has_text(at, text(block, "text")),
                "thinking" => {
                    let made = signature(self.seal, text(block, "thinking"));
                    if text(block, "signature") != made {
                        self.say(at, "has a thought that this server never signed");
                    }
                }
                "redacted_thinking" => self.has_text(at, text(block, "data")),
                "tool_use" => self.call(at, block),
                other => self.say(at, &format!("has a block `{other}`")),
            }
        }
        let last = blocks.last().map_or("", |block| text(block, "type"));
        if matches!(last, "thinking" | "redacted_thinking") {
            self.say(at, "ends with a thought");
        }
    }

    fn call(&mut self, at: usize, block: &Value) {
        let id = text(block, "id");
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if id.is_empty() || !id.chars().all(legal) || !tools::is_name(text(block, "name")) {
            self.say(at, &format!("has a malformed call: {block}"));
        }
        if !block.get("input").is_some_and(Value::is_object) {
            self.say(at, &format!("has a call without input: {block}"));
        }
        if !self.ids.insert(id.to_owned()) {
            self.say(at, &format!("has a second call `{id}`"));
        }
        self.open.insert(id.to_owned());
    }

    fn has_text(&mut self, at: usize, text: &str) {
        if text.trim().is_empty() {
            self.say(at, "has a block without text");
        }
    }
}

fn text<'a>(block: &'a Value, member: &str) -> &'a str {
    block.get(member).and_then(Value::as_str).unwrap_or("")
}
