//! Input items of the wire as a context: the inverse of [`super::input_out`].

use serde_json::{Map, Value, json};
use weald_domain::{
    message::{Outcome, Role, Trust},
    model::ContextMessage,
};

use super::reasoning;
use crate::{
    body_in::{self, BadBody},
    context_in::{self, ContextReader},
};

/// Reads the `input` member.
pub(super) fn decode_all(input: Option<&Value>) -> Result<Vec<ContextMessage>, BadBody> {
    let mut reader = ContextReader::default();
    match input {
        Some(Value::String(text)) => reader.text(Role::User, text.clone(), Trust::User),
        Some(Value::Array(items)) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                read(&mut reader, item, &format!("input[{at}]"))?;
            }
        }
        _ => return Err(BadBody::new("input", "must be a text or an array of items")),
    }
    body_in::saying(reader.finish(), "input")
}

fn read(reader: &mut ContextReader, item: &Value, param: &str) -> Result<(), BadBody> {
    let text = |member: &str| body_in::text(item, member);
    match text("type") {
        "message" | "" => message(reader, item, param),
        "reasoning" => {
            let none = Map::new();
            let members = item.as_object().unwrap_or(&none);
            let kept = reasoning::kept(members);
            reader.assistant(context_in::thought(&reasoning::text(members), kept));
            Ok(())
        }
        "function_call" => {
            let arguments = text("arguments");
            let input = if arguments.trim().is_empty() {
                Ok(json!({}))
            } else {
                serde_json::from_str(arguments)
            };
            let (id, name) = (text("call_id"), text("name"));
            match input {
                Ok(input) if !id.is_empty() && !name.is_empty() => {
                    reader.assistant(context_in::call(id, name, input));
                    Ok(())
                }
                Ok(_) | Err(_) => Err(BadBody::new(
                    param,
                    "must have a call_id, a name and JSON text as arguments",
                )),
            }
        }
        "function_call_output" => {
            let output = content(item.get("output"), &format!("{param}.output"))?;
            if reader.result(text("call_id"), Outcome::Ok, output) {
                return Ok(());
            }
            let expected = "must answer an unanswered call of an item before it";
            Err(BadBody::new(format!("{param}.call_id"), expected))
        }
        _ => Err(BadBody::new(param, "is of a kind that is not available")),
    }
}

fn message(reader: &mut ContextReader, item: &Value, param: &str) -> Result<(), BadBody> {
    let said = content(item.get("content"), &format!("{param}.content"))?;
    match body_in::text(item, "role") {
        "user" => reader.text(Role::User, said, Trust::User),
        "system" | "developer" => reader.text(Role::System, said, Trust::Trusted),
        "assistant" => reader.assistant(context_in::said(&said)),
        _ => {
            let expected = "must have the role system, developer, user or assistant";
            return Err(BadBody::new(param, expected));
        }
    }
    Ok(())
}

fn content(content: Option<&Value>, param: &str) -> Result<String, BadBody> {
    match content {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(pieces)) => pieces
            .iter()
            .map(|piece| piece.get("text").or(piece.get("refusal"))?.as_str())
            .collect::<Option<String>>()
            .ok_or_else(|| BadBody::new(param, "may hold pieces of text only")),
        _ => Err(BadBody::new(param, "must be a text or an array of pieces")),
    }
}
