//! The body that a client posted, as a [`ModelRequest`].

use serde_json::{Map, Value};
use weald_domain::{id::SessionId, model::ModelRequest, tool::ToolSpec};

use super::content_in;
use crate::body_in::{self, BadBody};

/// Reads a body for the session that will answer it; the model stood in the address.
///
/// # Errors
/// What in the body is not as this wire has it.
pub fn decode(body: &Value, model: String, session_id: SessionId) -> Result<ModelRequest, BadBody> {
    let members = body_in::members(body)?;
    let none = Map::new();
    let config = match body_in::present(members, "generationConfig") {
        None => &none,
        Some(Value::Object(config)) => config,
        Some(_) => return Err(BadBody::new("generationConfig", "must be an object")),
    };
    let system = match body_in::present(members, "systemInstruction") {
        None => None,
        Some(content) => Some(content_in::text(content, "systemInstruction")?),
    };
    Ok(ModelRequest {
        session_id,
        model,
        system,
        messages: content_in::decode_all(members.get("contents"))?,
        tools: tools(body_in::present(members, "tools"))?,
        temperature: body_in::temperature(config)?,
        max_tokens: body_in::max_tokens(config, &["maxOutputTokens"])?,
        context_window: None,
    })
}

fn tools(tools: Option<&Value>) -> Result<Vec<ToolSpec>, BadBody> {
    let groups = match tools {
        None => &[][..],
        Some(Value::Array(groups)) => groups,
        Some(_) => return Err(BadBody::new("tools", "must be an array")),
    };
    let mut out = vec![];
    for (group, at) in groups.iter().zip(0..) {
        let declared = group.get("functionDeclarations").and_then(Value::as_array);
        let declared = declared
            .ok_or_else(|| BadBody::new(format!("tools[{at}]"), "must declare functions"))?;
        for tool in declared {
            let schema = if tool.get("parametersJsonSchema").is_some() {
                "parametersJsonSchema"
            } else {
                "parameters"
            };
            out.push(body_in::tool(tool, schema, format!("tools[{at}]"))?);
        }
    }
    Ok(out)
}
