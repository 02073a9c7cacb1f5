//! Messages of the wire as a context: the inverse of [`super::message_out`].

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, Role, Trust},
    model::ContextMessage,
};

use crate::{
    body_in::{self, BadBody},
    context_in::{self, ContextReader},
};

/// Reads the `messages` member: the system prompt in front, and the rest.
pub(super) fn decode_all(
    messages: Option<&Value>,
) -> Result<(Option<String>, Vec<ContextMessage>), BadBody> {
    let messages = messages
        .and_then(Value::as_array)
        .ok_or_else(|| BadBody::new("messages", "must be an array of messages"))?;
    let mut reader = ContextReader::default();
    let mut system = None;
    for (at, message) in messages.iter().enumerate() {
        let content = match message.get("content") {
            None | Some(Value::Null) => "",
            Some(Value::String(content)) => content,
            Some(_) => {
                let param = format!("messages[{at}].content");
                return Err(BadBody::new(param, "must be a text"));
            }
        };
        if message
            .get("images")
            .is_some_and(|images| !images.is_null())
        {
            let param = format!("messages[{at}].images");
            return Err(BadBody::new(param, "are not available"));
        }
        match body_in::text(message, "role") {
            "system" if at == 0 => system = Some(content.to_owned()),
            "system" => reader.text(Role::System, content.to_owned(), Trust::Trusted),
            "user" => reader.text(Role::User, content.to_owned(), Trust::User),
            "assistant" => assistant(&mut reader, at, message, content)?,
            "tool" => result(&mut reader, at, message, content)?,
            _ => {
                let expected = "must have the role system, user, assistant or tool";
                return Err(BadBody::new(format!("messages[{at}]"), expected));
            }
        }
    }
    Ok((system, reader.finish()))
}

fn assistant(
    reader: &mut ContextReader,
    at: usize,
    message: &Value,
    content: &str,
) -> Result<(), BadBody> {
    let mut parts = vec![];
    let thinking = body_in::text(message, "thinking");
    if !thinking.is_empty() {
        parts.push(context_in::thought(thinking, None));
    }
    if !content.is_empty() {
        parts.push(context_in::said(content));
    }
    let calls = message.get("tool_calls").and_then(Value::as_array);
    for (call, number) in calls.into_iter().flatten().zip(0..) {
        let name = call.pointer("/function/name").and_then(Value::as_str);
        let name = name.ok_or_else(|| {
            let param = format!("messages[{at}].tool_calls");
            BadBody::new(param, "must each name a function")
        })?;
        let input = call.pointer("/function/arguments").cloned();
        let input = input.filter(Value::is_object).unwrap_or_else(|| json!({}));
        let made = format!("call_{at}_{number}");
        let id = match body_in::text(call, "id") {
            "" => &made,
            id => id,
        };
        parts.push(context_in::call(id, name, input));
    }
    reader.begin_assistant(parts);
    Ok(())
}

/// A result names its call by id, by the name of its tool, or not at all.
fn result(
    reader: &mut ContextReader,
    at: usize,
    message: &Value,
    content: &str,
) -> Result<(), BadBody> {
    let id = body_in::text(message, "tool_call_id");
    let name = body_in::text(message, "tool_name");
    let id = if id.is_empty() {
        reader.open_call_of(name).unwrap_or_default()
    } else {
        id.to_owned()
    };
    if reader.result(&id, Outcome::Ok, content.to_owned()) {
        return Ok(());
    }
    let expected = "must answer an unanswered call of a message before it";
    Err(BadBody::new(format!("messages[{at}]"), expected))
}
