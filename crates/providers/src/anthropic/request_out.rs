//! A [`ModelRequest`] as the body that a client posts.

use serde_json::{Map, Value, json};
use weald_domain::{
    model::{ModelError, ModelRequest},
    tool::ToolSpec,
};

use super::message_out;

/// The body of a streaming call.
///
/// # Errors
/// `unsupported_part` when a message holds a part that this wire cannot carry.
pub fn encode(request: &ModelRequest) -> Result<Value, ModelError> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    let max_tokens = request.max_tokens.unwrap_or(most_tokens(&request.model));
    body.insert("max_tokens".into(), json!(max_tokens));
    if let Some(system) = request.system.as_deref().filter(|text| !text.is_empty()) {
        let block = json!({"type": "text", "text": system, "cache_control": cached()});
        body.insert("system".into(), json!([block]));
    }
    let messages = message_out::encode_all(request)?;
    body.insert("messages".into(), Value::Array(messages));
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(encode_tool).collect();
        body.insert("tools".into(), Value::Array(tools));
    }
    if let Some(temperature) = request.temperature {
        // The wire ends at 1 where others end at 2.
        body.insert("temperature".into(), json!(temperature.min(1.0)));
    }
    body.insert("stream".into(), json!(true));
    Ok(Value::Object(body))
}

/// Marks the end of what the next call repeats, so that it is not paid for again.
pub(super) fn cached() -> Value {
    json!({"type": "ephemeral"})
}

/// The wire wants a limit in every request, and each family of models has a highest one.
fn most_tokens(model: &str) -> u32 {
    if model.contains("claude-3-7") {
        32_000
    } else if model.contains("claude-3-5") || !model.contains("claude") {
        8_192
    } else if model.contains("claude-3") || model.contains("claude-2") {
        4_096
    } else {
        32_000
    }
}

fn encode_tool(tool: &ToolSpec) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.input_schema,
    })
}
