//! Contents of the wire as a context: the inverse of [`super::content_out`].

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, Role, Trust},
    model::ContextMessage,
};

use super::signature;
use crate::{
    body_in::{self, BadBody},
    context_in::{self, ContextReader},
};

/// Reads the `contents` member.
pub(super) fn decode_all(contents: Option<&Value>) -> Result<Vec<ContextMessage>, BadBody> {
    let contents = contents
        .and_then(Value::as_array)
        .filter(|contents| !contents.is_empty())
        .ok_or_else(|| BadBody::new("contents", "must be an array of contents"))?;
    let mut reader = ContextReader::default();
    for (at, content) in contents.iter().enumerate() {
        let param = format!("contents[{at}]");
        let parts = content.get("parts").and_then(Value::as_array);
        let parts = parts.ok_or_else(|| BadBody::new(param.as_str(), "must have parts"))?;
        match body_in::text(content, "role") {
            "user" | "" | "function" => {
                for part in parts {
                    user(&mut reader, part, &param)?;
                }
            }
            "model" => {
                reader.begin_assistant(vec![]);
                for (part, number) in parts.iter().zip(0..) {
                    let made = format!("call_{at}_{number}");
                    model(&mut reader, part, made, &param)?;
                }
            }
            _ => return Err(BadBody::new(param, "must have the role user or model")),
        }
    }
    body_in::saying(reader.finish(), "contents")
}

/// A content of text alone.
pub(super) fn text(content: &Value, param: &str) -> Result<String, BadBody> {
    let parts = content.get("parts").and_then(Value::as_array);
    let texts = parts.and_then(|parts| {
        let text = |part: &Value| Some(part.get("text")?.as_str()?.to_owned());
        parts.iter().map(text).collect::<Option<String>>()
    });
    texts.ok_or_else(|| BadBody::new(param, "must have parts of text"))
}

fn user(reader: &mut ContextReader, part: &Value, param: &str) -> Result<(), BadBody> {
    if let Some(text) = part.get("text").and_then(Value::as_str) {
        reader.text(Role::User, text.to_owned(), Trust::User);
        return Ok(());
    }
    let Some(response) = part.get("functionResponse") else {
        let expected = "may hold texts and function responses only";
        return Err(BadBody::new(param, expected));
    };
    let name = body_in::text(response, "name");
    let id = match body_in::text(response, "id") {
        "" => reader.open_call_of(name).unwrap_or_default(),
        id => id.to_owned(),
    };
    let body = response.get("response");
    let member = |member: &str| body.and_then(|body| body.get(member));
    let (outcome, said) = match (member("error"), member("output").or(member("result"))) {
        (Some(error), _) => (Outcome::Error, error),
        (None, Some(output)) => (Outcome::Ok, output),
        (None, None) => (Outcome::Ok, body.unwrap_or(&Value::Null)),
    };
    let said = said
        .as_str()
        .map_or_else(|| said.to_string(), str::to_owned);
    if reader.result(&id, outcome, said) {
        return Ok(());
    }
    let expected = "must answer an unanswered call of a content before it";
    Err(BadBody::new(param, expected))
}

fn model(
    reader: &mut ContextReader,
    part: &Value,
    made: String,
    param: &str,
) -> Result<(), BadBody> {
    let signed = part.get("thoughtSignature").and_then(Value::as_str);
    let text = part.get("text").and_then(Value::as_str);
    match (text, part.get("functionCall")) {
        (Some(text), None) if part.get("thought") == Some(&Value::Bool(true)) => {
            let length = text.chars().count();
            let kept = signed.map(|signed| signature::on_thought(signed, length));
            reader.assistant(context_in::thought(text, kept));
        }
        (Some(text), None) => {
            if !text.is_empty() {
                reader.assistant(context_in::said(text));
            }
            if let Some(signed) = signed {
                let kept = signature::on_text(signed, text.chars().count());
                reader.assistant(context_in::thought("", Some(kept)));
            }
        }
        (None, Some(call)) => {
            if let Some(signed) = signed {
                let kept = signature::on_call(signed);
                reader.assistant(context_in::thought("", Some(kept)));
            }
            let id = match body_in::text(call, "id") {
                "" => made,
                id => id.to_owned(),
            };
            let args = call.get("args").filter(|args| args.is_object());
            let args = args.cloned().unwrap_or_else(|| json!({}));
            reader.assistant(context_in::call(&id, body_in::text(call, "name"), args));
        }
        _ => return Err(BadBody::new(param, "holds a part that is not available")),
    }
    Ok(())
}
