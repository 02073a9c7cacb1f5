//! The body that a client posted, as a [`ModelRequest`].

use serde_json::Value;
use weald_domain::{id::SessionId, model::ModelRequest, tool::ToolSpec};

use super::message_in;
use crate::body_in;
pub use crate::body_in::BadBody;

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

/// Reads a body for the session that will answer it.
///
/// # Errors
/// What in the body is not as this wire has it.
pub fn decode(body: &Value, session_id: SessionId) -> Result<Posted, BadBody> {
    let members = body_in::members(body)?;
    let model = body_in::model(members)?;
    let (system, messages) = message_in::decode_all(members.get("messages"))?;
    Ok(Posted {
        request: ModelRequest {
            session_id,
            model,
            system,
            messages,
            tools: body_in::tools(members, tool)?,
            temperature: body_in::temperature(members)?,
            max_tokens: body_in::max_tokens(members, &["max_completion_tokens", "max_tokens"])?,
            context_window: None,
        },
        stream: body_in::flag(members, "stream")?,
        include_usage: match members.get("stream_options") {
            Some(Value::Object(options)) => body_in::flag(options, "include_usage")?,
            _ => false,
        },
    })
}

fn tool(tool: &Value, at: usize) -> Result<ToolSpec, BadBody> {
    let param = format!("tools[{at}]");
    match tool.get("function") {
        Some(function @ Value::Object(_)) => body_in::tool(function, "parameters", param),
        Some(_) | None => Err(BadBody::new(param, "must be a function")),
    }
}
