//! A [`ModelRequest`] as the body that a client posts.

use serde_json::{Map, Value, json};
use weald_domain::{
    model::{ModelError, ModelRequest},
    tool::ToolSpec,
};

use super::input_out;

/// The body of a streaming call.
///
/// # Errors
/// `unsupported_part` when a message holds a part that this wire cannot carry.
pub fn encode(request: &ModelRequest) -> Result<Value, ModelError> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    if let Some(system) = request.system.as_deref().filter(|text| !text.is_empty()) {
        body.insert("instructions".into(), json!(system));
    }
    let input = input_out::encode_all(request)?;
    body.insert("input".into(), Value::Array(input));
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(encode_tool).collect();
        body.insert("tools".into(), Value::Array(tools));
    }
    if let Some(temperature) = request.temperature {
        body.insert("temperature".into(), json!(temperature));
    }
    if let Some(max_tokens) = request.max_tokens {
        body.insert("max_output_tokens".into(), json!(max_tokens));
    }
    if reasons(&request.model) {
        body.insert("include".into(), json!(["reasoning.encrypted_content"]));
    }
    body.insert("store".into(), json!(false));
    body.insert("stream".into(), json!(true));
    Ok(Value::Object(body))
}

/// Whether a model reasons: only such a one may be asked for its encrypted reasoning.
fn reasons(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    let digit_behind = |prefix: &str| {
        let rest = name.strip_prefix(prefix)?;
        rest.chars().next()?.to_digit(10)
    };
    let is_chat = name.contains("-chat");
    let is_new = digit_behind("gpt-").is_some_and(|generation| generation >= 5);
    digit_behind("o").is_some() || name.contains("codex") || (is_new && !is_chat)
}

fn encode_tool(tool: &ToolSpec) -> Value {
    json!({
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.input_schema,
        // Strict schemas must name every member as required; ours need not.
        "strict": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_models_that_reason_are_asked_for_their_reasoning() {
        for model in [
            "o3",
            "o4-mini",
            "gpt-5",
            "gpt-5.1-codex",
            "openai/gpt-6",
            "codex-mini",
        ] {
            assert!(reasons(model), "{model}");
        }
        for model in [
            "gpt-4o",
            "gpt-4.1-mini",
            "gpt-5-chat-latest",
            "omni",
            "llama-3",
        ] {
            assert!(!reasons(model), "{model}");
        }
    }
}
