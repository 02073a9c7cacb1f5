//! The mode that plays the acts of `builtin/script` in the last user message.

use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Step, count, fail, hold, refuse, reply, say, think};

/// The text of the last user message of a request.
pub(super) fn last_user_text(body: &Value) -> String {
    let messages = body.get("messages").and_then(Value::as_array);
    messages
        .and_then(|messages| messages.iter().rfind(|message| role(message) == "user"))
        .and_then(|message| message.get("content")?.as_str())
        .unwrap_or_default()
        .to_owned()
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
    let messages = body.get("messages").and_then(Value::as_array);
    let messages = messages.map(Vec::as_slice).unwrap_or_default();
    messages
        .iter()
        .rev()
        .take_while(|message| role(message) != "user")
        .filter_map(|message| message.get("tool_calls")?.as_array())
        .map(Vec::len)
        .sum()
}

fn role(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or("")
}
