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
    let messages = message_out::encode_all(request)?;
    body.insert("messages".into(), Value::Array(messages));
    body.insert("stream".into(), json!(true));
    // Without these words the server drops the oldest messages and says nothing.
    body.insert("truncate".into(), json!(false));
    body.insert("shift".into(), json!(false));
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(encode_tool).collect();
        body.insert("tools".into(), Value::Array(tools));
    }
    let mut options = Map::new();
    if let Some(temperature) = request.temperature {
        options.insert("temperature".into(), json!(temperature));
    }
    if let Some(max_tokens) = request.max_tokens {
        options.insert("num_predict".into(), json!(max_tokens));
    }
    if let Some(tokens) = request.context_window {
        options.insert("num_ctx".into(), json!(tokens));
    }
    if !options.is_empty() {
        body.insert("options".into(), Value::Object(options));
    }
    Ok(Value::Object(body))
}

fn encode_tool(tool: &ToolSpec) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.input_schema,
        },
    })
}
