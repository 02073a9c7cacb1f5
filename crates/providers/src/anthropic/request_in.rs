//! The body that a client posted, as a [`ModelRequest`].

use serde_json::Value;
use weald_domain::{id::SessionId, model::ModelRequest};

use super::message_in;
use crate::body_in::{self, BadBody, Posted};

/// Reads a body for the session that will answer it.
///
/// # Errors
/// What in the body is not as this wire has it.
pub fn decode(body: &Value, session_id: SessionId) -> Result<Posted, BadBody> {
    let members = body_in::members(body)?;
    let model = body_in::model(members)?;
    let max_tokens = body_in::max_tokens(members, &["max_tokens"])?
        .ok_or_else(|| BadBody::new("max_tokens", "must be a whole number above 0"))?;
    let read_tool = |tool: &Value, at| body_in::tool(tool, "input_schema", format!("tools[{at}]"));
    Ok(Posted {
        request: ModelRequest {
            session_id,
            model,
            system: system(body_in::present(members, "system"))?,
            messages: body_in::saying(
                message_in::decode_all(members.get("messages"))?,
                "messages",
            )?,
            tools: body_in::tools(members, read_tool)?,
            temperature: body_in::temperature(members)?,
            max_tokens: Some(max_tokens),
            context_window: None,
        },
        stream: body_in::flag(members, "stream")?,
    })
}

fn system(system: Option<&Value>) -> Result<Option<String>, BadBody> {
    match system {
        None => Ok(None),
        Some(system) => message_in::text(system, "system").map(Some),
    }
}
