//! The body that a client posted, as a [`ModelRequest`].

use serde_json::{Map, Value, json};
use thiserror::Error;
use weald_domain::{
    id::SessionId,
    limits::{JSON_DEPTH_MAX, TOOL_NAME_MAX},
    model::ModelRequest,
    tool::{EffectClass, ToolSpec},
};

use super::message_in;

/// A posted body, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// What the model is asked.
    pub request: ModelRequest,
    /// Whether the answer is to be streamed.
    pub stream: bool,
    /// Whether the stream is to end with the usage.
    pub include_usage: bool,
}

/// The body is not a request of this wire (400).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{param}` {expected}")]
pub struct BadBody {
    /// Which member, as a path.
    pub param: String,
    /// What was expected of it.
    pub expected: &'static str,
}

impl BadBody {
    pub(super) fn new(param: impl Into<String>, expected: &'static str) -> Self {
        Self {
            param: param.into(),
            expected,
        }
    }
}

/// Reads a body for the session that will answer it.
///
/// # Errors
/// What in the body is not as this wire has it.
pub fn decode(body: &Value, session_id: SessionId) -> Result<Posted, BadBody> {
    if depth(body) > JSON_DEPTH_MAX {
        return Err(BadBody::new("body", "is nested too deeply"));
    }
    let members = body
        .as_object()
        .ok_or_else(|| BadBody::new("body", "must be an object"))?;
    let model = members.get("model").and_then(Value::as_str).unwrap_or("");
    if model.is_empty() {
        return Err(BadBody::new("model", "must name a model"));
    }
    let (system, messages) = message_in::decode_all(members.get("messages"))?;
    Ok(Posted {
        request: ModelRequest {
            session_id,
            model: model.to_owned(),
            system,
            messages,
            tools: tools(members)?,
            temperature: temperature(members)?,
            max_tokens: max_tokens(members)?,
        },
        stream: flag(members, "stream")?,
        include_usage: match members.get("stream_options") {
            Some(Value::Object(options)) => flag(options, "include_usage")?,
            _ => false,
        },
    })
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn present<'a>(members: &'a Map<String, Value>, member: &str) -> Option<&'a Value> {
    members.get(member).filter(|value| !value.is_null())
}

fn flag(members: &Map<String, Value>, member: &str) -> Result<bool, BadBody> {
    match present(members, member) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(BadBody::new(member, "must be true or false")),
    }
}

fn temperature(members: &Map<String, Value>) -> Result<Option<f64>, BadBody> {
    let Some(value) = present(members, "temperature") else {
        return Ok(None);
    };
    match value.as_f64() {
        Some(number) if (0.0..=2.0).contains(&number) => Ok(Some(number)),
        _ => Err(BadBody::new("temperature", "must be a number from 0 to 2")),
    }
}

fn max_tokens(members: &Map<String, Value>) -> Result<Option<u32>, BadBody> {
    for member in ["max_completion_tokens", "max_tokens"] {
        if let Some(value) = present(members, member) {
            let count = value.as_u64().and_then(|count| u32::try_from(count).ok());
            return match count {
                Some(count) if count > 0 => Ok(Some(count)),
                _ => Err(BadBody::new(member, "must be a whole number above 0")),
            };
        }
    }
    Ok(None)
}

fn tools(members: &Map<String, Value>) -> Result<Vec<ToolSpec>, BadBody> {
    match present(members, "tools") {
        None => Ok(vec![]),
        Some(Value::Array(tools)) => tools.iter().zip(0..).map(tool).collect(),
        Some(_) => Err(BadBody::new("tools", "must be an array")),
    }
}

fn tool((tool, at): (&Value, usize)) -> Result<ToolSpec, BadBody> {
    let bad = |expected| BadBody::new(format!("tools[{at}]"), expected);
    let function = tool
        .get("function")
        .and_then(Value::as_object)
        .ok_or_else(|| bad("must be a function"))?;
    let name = function.get("name").and_then(Value::as_str).unwrap_or("");
    if name.is_empty() || name.chars().count() > TOOL_NAME_MAX {
        return Err(bad("must have a name of 1 to 64 characters"));
    }
    let description = function.get("description").and_then(Value::as_str);
    Ok(ToolSpec {
        name: name.to_owned(),
        worker: String::new(),
        description: description.unwrap_or_default().to_owned(),
        input_schema: match function.get("parameters") {
            None | Some(Value::Null) => json!({"type": "object"}),
            Some(schema @ Value::Object(_)) => schema.clone(),
            Some(_) => return Err(bad("must have an object as parameters")),
        },
        effect: EffectClass::Once,
        permissions: vec![],
        keywords: vec![],
        examples: vec![],
    })
}
