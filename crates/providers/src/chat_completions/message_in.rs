//! Messages of the wire as a context: the inverse of [`super::message_out`].

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use weald_domain::{
    message::{Outcome, Part, Role, TextState, ToolPart, ToolState, Trust},
    model::ContextMessage,
};

use super::request_in::BadBody;

/// Reads the `messages` member: the system prompt in front, and the rest.
pub(super) fn decode_all(
    messages: Option<&Value>,
) -> Result<(Option<String>, Vec<ContextMessage>), BadBody> {
    let messages = messages
        .and_then(Value::as_array)
        .filter(|messages| !messages.is_empty())
        .ok_or_else(|| BadBody::new("messages", "must be an array of messages"))?;
    let mut reader = Reader::default();
    for (at, message) in messages.iter().enumerate() {
        reader.message(at, message)?;
    }
    Ok((reader.system, reader.messages))
}

#[derive(Default)]
struct Reader {
    system: Option<String>,
    messages: Vec<ContextMessage>,
    /// Calls that wait for their result: where they stand.
    open: HashMap<String, (usize, usize)>,
}

impl Reader {
    fn message(&mut self, at: usize, message: &Value) -> Result<(), BadBody> {
        let bad = |expected| BadBody::new(format!("messages[{at}]"), expected);
        let members = message
            .as_object()
            .ok_or_else(|| bad("must be an object"))?;
        let text = content(at, members)?;
        match members.get("role").and_then(Value::as_str) {
            Some("system" | "developer") if at == 0 => self.system = Some(text),
            Some("system" | "developer") => self.push_text(Role::System, text, Trust::Trusted),
            Some("user") => self.push_text(Role::User, text, Trust::User),
            Some("assistant") => return self.assistant(at, members, text),
            Some("tool") => return self.result(at, members, text),
            _ => {
                return Err(bad(
                    "must have the role system, developer, user, assistant or tool",
                ));
            }
        }
        Ok(())
    }

    fn push_text(&mut self, role: Role, text: String, trust: Trust) {
        let parts = vec![Part::Text {
            text,
            state: TextState::Done,
            trust,
        }];
        self.messages.push(ContextMessage { role, parts });
    }

    fn assistant(
        &mut self,
        at: usize,
        members: &Map<String, Value>,
        text: String,
    ) -> Result<(), BadBody> {
        let mut parts = vec![];
        parts.extend(reasoning(members));
        if !text.is_empty() {
            parts.push(Part::Text {
                text,
                state: TextState::Done,
                trust: Trust::Model,
            });
        }
        let calls = match members.get("tool_calls") {
            None | Some(Value::Null) => &[][..],
            Some(Value::Array(calls)) => calls,
            Some(_) => {
                let param = format!("messages[{at}].tool_calls");
                return Err(BadBody::new(param, "must be an array"));
            }
        };
        for call in calls {
            let part = tool_part(at, call)?;
            let place = (self.messages.len(), parts.len());
            self.open.insert(part.call_id.clone(), place);
            parts.push(Part::Tool(part));
        }
        self.messages.push(ContextMessage {
            role: Role::Assistant,
            parts,
        });
        Ok(())
    }

    fn result(
        &mut self,
        at: usize,
        members: &Map<String, Value>,
        text: String,
    ) -> Result<(), BadBody> {
        let id = members.get("tool_call_id").and_then(Value::as_str);
        let place = id.and_then(|id| self.open.remove(id)).ok_or_else(|| {
            let param = format!("messages[{at}].tool_call_id");
            BadBody::new(param, "must name an unanswered call of a message before it")
        })?;
        let part = self
            .messages
            .get_mut(place.0)
            .and_then(|message| message.parts.get_mut(place.1));
        if let Some(Part::Tool(tool)) = part {
            tool.state = ToolState::Ended {
                input: tool.input().cloned().unwrap_or_default(),
                outcome: Outcome::Ok,
                output: Value::String(text),
                duration_ms: 0,
                truncated: false,
                asset_ids: Vec::new(),
            };
        }
        Ok(())
    }
}

fn content(at: usize, members: &Map<String, Value>) -> Result<String, BadBody> {
    let param = || format!("messages[{at}].content");
    match members.get("content") {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(pieces)) => pieces
            .iter()
            .map(|piece| piece.get("text").and_then(Value::as_str))
            .collect::<Option<String>>()
            .ok_or_else(|| BadBody::new(param(), "may hold text pieces only")),
        Some(_) => Err(BadBody::new(
            param(),
            "must be a text or an array of text pieces",
        )),
    }
}

fn reasoning(members: &Map<String, Value>) -> Option<Part> {
    let spelled = |field: &'static str| {
        let text = members.get(field).and_then(Value::as_str)?;
        Some((field, text.to_owned()))
    };
    let said = spelled("reasoning").or_else(|| spelled("reasoning_content"));
    let mut provider = Map::new();
    if let Some(details) = members.get("reasoning_details") {
        provider.insert("reasoning_details".into(), details.clone());
    } else if let Some((field, _)) = &said {
        provider.insert("field".into(), json!(field));
    }
    (!provider.is_empty()).then(|| Part::Reasoning {
        text: said.map(|(_, text)| text).unwrap_or_default(),
        state: TextState::Done,
        provider: Some(Value::Object(provider)),
    })
}

fn tool_part(at: usize, call: &Value) -> Result<ToolPart, BadBody> {
    let bad = |expected| BadBody::new(format!("messages[{at}].tool_calls"), expected);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let function = call.get("function");
    let call_id = text(call.get("id")).filter(|id| !id.is_empty());
    let tool = text(function.and_then(|function| function.get("name")));
    let arguments = text(function.and_then(|function| function.get("arguments")));
    let arguments = arguments.unwrap_or_default();
    let input = if arguments.trim().is_empty() {
        json!({})
    } else {
        serde_json::from_str(&arguments).map_err(|_| bad("must have JSON text as arguments"))?
    };
    Ok(ToolPart {
        call_id: call_id.ok_or_else(|| bad("must each have an id"))?,
        tool: tool.ok_or_else(|| bad("must each name a function"))?,
        worker: None,
        title: None,
        state: ToolState::InputAvailable { input },
    })
}
