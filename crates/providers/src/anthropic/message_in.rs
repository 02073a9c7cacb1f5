//! Messages of the wire as a context: the inverse of [`super::message_out`].

use serde_json::Value;
use weald_domain::{
    message::{Outcome, Part, Role, Trust},
    model::ContextMessage,
};

use super::thinking;
use crate::{
    body_in::{self, BadBody},
    context_in::{self, ContextReader},
};

/// Reads the `messages` member.
pub(super) fn decode_all(messages: Option<&Value>) -> Result<Vec<ContextMessage>, BadBody> {
    let messages = messages
        .and_then(Value::as_array)
        .filter(|messages| !messages.is_empty())
        .ok_or_else(|| BadBody::new("messages", "must be an array of messages"))?;
    let mut reader = ContextReader::default();
    for (at, message) in messages.iter().enumerate() {
        let param = format!("messages[{at}]");
        match body_in::text(message, "role") {
            "user" => user(&mut reader, message, &param)?,
            "assistant" => assistant(&mut reader, message, &param)?,
            _ => return Err(BadBody::new(param, "must have the role user or assistant")),
        }
    }
    Ok(reader.finish())
}

/// A content of text alone: a string, or blocks of text.
pub(super) fn text(content: &Value, param: &str) -> Result<String, BadBody> {
    let only_text = "may hold text only";
    match content {
        Value::String(text) => Ok(text.clone()),
        Value::Array(blocks) => blocks
            .iter()
            .map(|block| block.get("text").and_then(Value::as_str))
            .collect::<Option<String>>()
            .ok_or_else(|| BadBody::new(param, only_text)),
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Err(BadBody::new(param, only_text)),
    }
}

fn user(reader: &mut ContextReader, message: &Value, param: &str) -> Result<(), BadBody> {
    let param = format!("{param}.content");
    let blocks = match message.get("content") {
        Some(Value::Array(blocks)) => blocks,
        Some(Value::String(said)) => {
            reader.text(Role::User, said.clone(), Trust::User);
            return Ok(());
        }
        _ => return Err(BadBody::new(param, "must be a text or an array of blocks")),
    };
    for block in blocks {
        match body_in::text(block, "type") {
            "text" => {
                let said = body_in::text(block, "text").to_owned();
                reader.text(Role::User, said, Trust::User);
            }
            "tool_result" => {
                let said = text(block.get("content").unwrap_or(&Value::Null), &param)?;
                let outcome = match block.get("is_error") {
                    Some(Value::Bool(true)) => Outcome::Error,
                    _ => Outcome::Ok,
                };
                if !reader.result(body_in::text(block, "tool_use_id"), outcome, said) {
                    let expected = "must answer an unanswered call of a message before it";
                    return Err(BadBody::new(param, expected));
                }
            }
            _ => return Err(BadBody::new(param, "may hold text and tool results only")),
        }
    }
    Ok(())
}

fn assistant(reader: &mut ContextReader, message: &Value, param: &str) -> Result<(), BadBody> {
    let param = || format!("{param}.content");
    let parts = match message.get("content") {
        Some(Value::String(said)) => vec![context_in::said(said)],
        Some(Value::Array(blocks)) => blocks
            .iter()
            .map(|block| part(block).ok_or_else(|| BadBody::new(param(), "holds no such block")))
            .collect::<Result<Vec<_>, _>>()?,
        _ => {
            let expected = "must be a text or an array of blocks";
            return Err(BadBody::new(param(), expected));
        }
    };
    reader.begin_assistant(parts);
    Ok(())
}

fn part(block: &Value) -> Option<Part> {
    let text = |member: &str| block.get(member).and_then(Value::as_str);
    match text("type")? {
        "text" => Some(context_in::said(text("text")?)),
        "thinking" => {
            let said = text("thinking")?;
            let kept = thinking::signed(said.chars().count(), text("signature")?);
            Some(context_in::thought(said, Some(kept)))
        }
        "redacted_thinking" => {
            let kept = thinking::redacted(block.get("data")?);
            Some(context_in::thought("", Some(kept)))
        }
        "tool_use" => {
            let input = block.get("input").filter(|input| input.is_object())?;
            Some(context_in::call(text("id")?, text("name")?, input.clone()))
        }
        _ => None,
    }
}
