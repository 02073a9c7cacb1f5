//! The body that a client posted, as a [`ModelRequest`].

use serde_json::{Map, Value};
use weald_domain::{id::SessionId, model::ModelRequest, tool::ToolSpec};

use super::message_in;
use crate::body_in::{self, BadBody, Posted};

/// Reads a body for the session that will answer it.
///
/// # Errors
/// What in the body is not as this wire has it.
pub fn decode(body: &Value, session_id: SessionId) -> Result<Posted, BadBody> {
    let members = body_in::members(body)?;
    let none = Map::new();
    let options = match body_in::present(members, "options") {
        None => &none,
        Some(Value::Object(options)) => options,
        Some(_) => return Err(BadBody::new("options", "must be an object")),
    };
    let (system, messages) = message_in::decode_all(members.get("messages"))?;
    Ok(Posted {
        request: ModelRequest {
            session_id,
            model: body_in::model(members)?,
            system,
            messages,
            tools: body_in::tools(members, tool)?,
            temperature: body_in::temperature(options)?,
            max_tokens: limit(options),
            context_window: window(options),
        },
        // This wire streams unless it is told not to.
        stream: members.get("stream") != Some(&Value::Bool(false)),
    })
}

/// `num_predict`; a negative number means no limit.
fn limit(options: &Map<String, Value>) -> Option<u32> {
    let limit = options.get("num_predict")?.as_i64()?;
    u32::try_from(limit).ok().filter(|limit| *limit > 0)
}

/// `num_ctx`: the tokens that shall fit.
fn window(options: &Map<String, Value>) -> Option<u64> {
    let window = options.get("num_ctx")?.as_u64()?;
    Some(window).filter(|window| *window > 0)
}

fn tool(tool: &Value, at: usize) -> Result<ToolSpec, BadBody> {
    let param = format!("tools[{at}]");
    match tool.get("function") {
        Some(function @ Value::Object(_)) => body_in::tool(function, "parameters", param),
        Some(_) | None => Err(BadBody::new(param, "must be a function")),
    }
}
