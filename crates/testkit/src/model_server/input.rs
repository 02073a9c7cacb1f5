//! The mode that plays the acts of `builtin/script` in the last user message.

use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Step, count, fail, hold, refuse, reply, say, think};

/// What a request says so far, whatever its wire.
enum Turn {
    /// A text of the user.
    User(String),
    /// As many calls in one answer.
    Calls(usize),
}

fn turns(body: &Value) -> Vec<Turn> {
    messages(body).iter().filter_map(turn).collect()
}

fn messages(body: &Value) -> &[Value] {
    let messages = ["messages", "input", "contents"]
        .into_iter()
        .find_map(|member| body.get(member).and_then(Value::as_array));
    messages.map(Vec::as_slice).unwrap_or_default()
}

fn content(message: &Value) -> Option<&Value> {
    message.get("content").or(message.get("parts"))
}

fn turn(message: &Value) -> Option<Turn> {
    let content = content(message);
    let text = |member: &str| message.get(member).and_then(Value::as_str).unwrap_or("");
    if text("role") == "user" {
        // Results of calls stand in messages of the user on some wires.
        return text_of(content?).map(Turn::User);
    }
    let is_item = text("type") == "function_call";
    let listed = message.get("tool_calls").and_then(Value::as_array);
    let blocks = content.and_then(Value::as_array);
    let is_call = |block: &&Value| {
        let kind = block.get("type").and_then(Value::as_str);
        kind == Some("tool_use") || block.get("functionCall").is_some()
    };
    let in_blocks = blocks.map_or(0, |blocks| blocks.iter().filter(is_call).count());
    let calls = listed.map_or(0, Vec::len) + in_blocks + usize::from(is_item);
    (calls > 0).then_some(Turn::Calls(calls))
}

/// The text of a content: a string, or its pieces of text; none when there is no such piece.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(blocks) => {
            let texts = blocks
                .iter()
                .filter_map(|block| block.get("text")?.as_str());
            let texts: Vec<&str> = texts.collect();
            (!texts.is_empty()).then(|| texts.concat())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// The words of a request, for the usage of an answer that names none.
pub(super) fn words(body: &Value) -> u64 {
    let words = |message: &Value| {
        let text = content(message).and_then(text_of);
        text.map_or(0, |text| text.split_whitespace().count() as u64)
    };
    messages(body).iter().map(words).sum()
}

/// The text of the last user message of a request.
pub(super) fn last_user_text(body: &Value) -> String {
    let user = |turn| match turn {
        Turn::User(text) => Some(text),
        Turn::Calls(_) => None,
    };
    let last = turns(body).into_iter().rev().find_map(user);
    last.unwrap_or_default()
}

/// Plays the acts that follow the calls made since the last user message.
pub(super) fn answer(body: &Value) -> Answer {
    let Ok(Value::Array(acts)) = serde_json::from_str(&last_user_text(body)) else {
        return refuse(400, "the last user message is no array of acts");
    };
    let mut skip = calls_since_user(body);
    let mut steps = vec![];
    for (at, act) in acts.iter().enumerate() {
        let is_call = act.get("tool").is_some();
        if skip > 0 {
            skip -= usize::from(is_call);
            continue;
        }
        match step(at, act) {
            Some(step) => steps.push(step),
            None => return refuse(400, &format!("act {} is none", at + 1)),
        }
        if is_call {
            break;
        }
    }
    reply(steps)
}

fn step(at: usize, act: &Value) -> Option<Step> {
    let text = |member: &str| act.get(member).and_then(Value::as_str);
    if let Some(said) = text("say") {
        return Some(say(said));
    }
    if let Some(thought) = text("think") {
        return Some(think(thought));
    }
    if let Some(message) = text("fail") {
        return Some(fail(message));
    }
    if let Some(to) = act.get("count").and_then(Value::as_u64) {
        let delay = act.get("delay_ms").and_then(Value::as_u64).unwrap_or(0);
        return Some(count(to, Duration::from_millis(delay)));
    }
    if let Some(name) = text("tool") {
        return Some(Step::Call {
            id: format!("call_{}", at + 1),
            name: name.to_owned(),
            args: act
                .get("args")
                .map_or_else(|| "{}".to_owned(), Value::to_string),
        });
    }
    (act.get("hold") == Some(&Value::Bool(true))).then(hold)
}

fn calls_since_user(body: &Value) -> usize {
    let calls = |turn| match turn {
        Turn::Calls(calls) => Some(calls),
        Turn::User(_) => None,
    };
    turns(body).into_iter().rev().map_while(calls).sum()
}
