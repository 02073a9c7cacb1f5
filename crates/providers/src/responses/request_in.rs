//! The body that a client posted, as a [`ModelRequest`].

use serde_json::Value;
use weald_domain::{id::SessionId, model::ModelRequest, tool::ToolSpec};

use super::input_in;
use crate::body_in::{self, BadBody, Posted};

/// Reads a body for the session that will answer it.
///
/// # Errors
/// What in the body is not as this wire has it, and `previous_response_id`, since no response is
/// stored.
pub fn decode(body: &Value, session_id: SessionId) -> Result<Posted, BadBody> {
    let members = body_in::members(body)?;
    let model = body_in::model(members)?;
    if body_in::present(members, "previous_response_id").is_some() {
        let expected = "is not available: send the whole conversation";
        return Err(BadBody::new("previous_response_id", expected));
    }
    let system = match body_in::present(members, "instructions") {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => return Err(BadBody::new("instructions", "must be a text")),
    };
    Ok(Posted {
        request: ModelRequest {
            session_id,
            model,
            system,
            messages: input_in::decode_all(members.get("input"))?,
            tools: body_in::tools(members, tool)?,
            temperature: body_in::temperature(members)?,
            max_tokens: body_in::max_tokens(members, &["max_output_tokens"])?,
            context_window: None,
        },
        stream: body_in::flag(members, "stream")?,
    })
}

fn tool(tool: &Value, at: usize) -> Result<ToolSpec, BadBody> {
    let param = format!("tools[{at}]");
    if body_in::text(tool, "type") != "function" {
        return Err(BadBody::new(param, "must be a function"));
    }
    body_in::tool(tool, "parameters", param)
}
