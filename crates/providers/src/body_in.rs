//! What every wire needs to read a posted body.

use serde_json::{Map, Value, json};
use thiserror::Error;
use weald_domain::{
    limits::{JSON_DEPTH_MAX, TOOL_NAME_MAX},
    message::Part,
    model::{ContextMessage, ModelRequest},
    tool::{EffectClass, ToolSpec},
};

/// A posted body, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// What the model is asked.
    pub request: ModelRequest,
    /// Whether the answer is to be streamed.
    pub stream: bool,
}

/// The body is not a request of its wire (400).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{param}` {expected}")]
pub struct BadBody {
    /// Which member, as a path.
    pub param: String,
    /// What was expected of it.
    pub expected: &'static str,
}

impl BadBody {
    pub(crate) fn new(param: impl Into<String>, expected: &'static str) -> Self {
        Self {
            param: param.into(),
            expected,
        }
    }
}

/// The messages of a body, when any says something: a model cannot be asked nothing.
pub(crate) fn saying(
    messages: Vec<ContextMessage>,
    param: &'static str,
) -> Result<Vec<ContextMessage>, BadBody> {
    let says = |part: &Part| match part {
        Part::Text { text, .. } => !text.is_empty(),
        Part::Tool(_) => true,
        Part::Reasoning { .. } | Part::Other(_) => false,
    };
    if messages
        .iter()
        .any(|message| message.parts.iter().any(says))
    {
        Ok(messages)
    } else {
        Err(BadBody::new(param, "must say something"))
    }
}

/// The members of a body.
pub(crate) fn members(body: &Value) -> Result<&Map<String, Value>, BadBody> {
    if depth(body) > JSON_DEPTH_MAX {
        return Err(BadBody::new("body", "is nested too deeply"));
    }
    body.as_object()
        .ok_or_else(|| BadBody::new("body", "must be an object"))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The model that a body names.
pub(crate) fn model(members: &Map<String, Value>) -> Result<String, BadBody> {
    match members.get("model").and_then(Value::as_str) {
        Some(model) if !model.is_empty() => Ok(model.to_owned()),
        Some(_) | None => Err(BadBody::new("model", "must name a model")),
    }
}

/// A member that is there and not null.
pub(crate) fn present<'a>(members: &'a Map<String, Value>, member: &str) -> Option<&'a Value> {
    members.get(member).filter(|value| !value.is_null())
}

/// A text, empty when it is absent.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

pub(crate) fn flag(members: &Map<String, Value>, member: &str) -> Result<bool, BadBody> {
    match present(members, member) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(BadBody::new(member, "must be true or false")),
    }
}

pub(crate) fn temperature(members: &Map<String, Value>) -> Result<Option<f64>, BadBody> {
    let Some(value) = present(members, "temperature") else {
        return Ok(None);
    };
    match value.as_f64() {
        Some(number) if (0.0..=2.0).contains(&number) => Ok(Some(number)),
        _ => Err(BadBody::new("temperature", "must be a number from 0 to 2")),
    }
}

/// The limit of an answer, by the first of these names that is there.
pub(crate) fn max_tokens(
    members: &Map<String, Value>,
    names: &[&'static str],
) -> Result<Option<u32>, BadBody> {
    for name in names {
        if let Some(value) = present(members, name) {
            let count = value.as_u64().and_then(|count| u32::try_from(count).ok());
            return match count {
                Some(count) if count > 0 => Ok(Some(count)),
                _ => Err(BadBody::new(*name, "must be a whole number above 0")),
            };
        }
    }
    Ok(None)
}

/// The array of tools, each read by the wire.
pub(crate) fn tools(
    members: &Map<String, Value>,
    read: impl Fn(&Value, usize) -> Result<ToolSpec, BadBody>,
) -> Result<Vec<ToolSpec>, BadBody> {
    match present(members, "tools") {
        None => Ok(vec![]),
        Some(Value::Array(tools)) => {
            let each = tools.iter().zip(0..);
            each.map(|(tool, at)| read(tool, at)).collect()
        }
        Some(_) => Err(BadBody::new("tools", "must be an array")),
    }
}

/// A tool whose name, description and schema (in the member `schema`) stand in one object.
pub(crate) fn tool(tool: &Value, schema: &str, param: String) -> Result<ToolSpec, BadBody> {
    let name = text(tool, "name");
    if name.is_empty() || name.chars().count() > TOOL_NAME_MAX {
        return Err(BadBody::new(
            param,
            "must have a name of 1 to 64 characters",
        ));
    }
    Ok(ToolSpec {
        name: name.to_owned(),
        worker: String::new(),
        description: text(tool, "description").to_owned(),
        input_schema: match tool.get(schema) {
            None | Some(Value::Null) => json!({"type": "object"}),
            Some(schema @ Value::Object(_)) => schema.clone(),
            Some(_) => return Err(BadBody::new(param, "must have an object as parameters")),
        },
        effect: EffectClass::Once,
        permissions: vec![],
        keywords: vec![],
        examples: vec![],
    })
}
