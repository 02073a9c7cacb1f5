//! A [`ModelRequest`] as the body that a client posts.

use serde_json::{Map, Value, json};
use weald_domain::{
    model::{ModelError, ModelRequest},
    tool::ToolSpec,
};

use super::content_out;

/// The body of a call.
///
/// # Errors
/// `unsupported_part` when a message holds a part that this wire cannot carry.
pub fn encode(request: &ModelRequest) -> Result<Value, ModelError> {
    let mut body = Map::new();
    if let Some(system) = request.system.as_deref().filter(|text| !text.is_empty()) {
        let instruction = json!({"parts": [{"text": system}]});
        body.insert("systemInstruction".into(), instruction);
    }
    let wants_signatures = generation(&request.model).is_some_and(|(major, _)| major >= 3);
    let contents = content_out::encode_all(request, wants_signatures)?;
    body.insert("contents".into(), Value::Array(contents));
    if !request.tools.is_empty() {
        let tools: Vec<Value> = request.tools.iter().map(encode_tool).collect();
        let tools = json!([{"functionDeclarations": tools}]);
        body.insert("tools".into(), tools);
    }
    let mut config = Map::new();
    if let Some(temperature) = request.temperature {
        config.insert("temperature".into(), json!(temperature));
    }
    if let Some(max_tokens) = request.max_tokens {
        config.insert("maxOutputTokens".into(), json!(max_tokens));
    }
    if shows_thoughts(&request.model) {
        let thinking = json!({"includeThoughts": true});
        config.insert("thinkingConfig".into(), thinking);
    }
    if !config.is_empty() {
        body.insert("generationConfig".into(), Value::Object(config));
    }
    Ok(Value::Object(body))
}

/// Major and minor version in the name of a model.
fn generation(model: &str) -> Option<(u32, u32)> {
    let (_, behind) = model.split_once("gemini-")?;
    let version = behind.split('-').next()?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Whether a model may be asked for a summary of its thoughts.
fn shows_thoughts(model: &str) -> bool {
    let other = ["image", "tts", "audio", "live", "embedding"];
    generation(model).is_some_and(|generation| generation >= (2, 5))
        && !other.iter().any(|kind| model.contains(kind))
}

fn encode_tool(tool: &ToolSpec) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "parametersJsonSchema": tool.input_schema,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_asked_for_what_its_generation_knows() {
        assert_eq!(generation("gemini-2.5-pro"), Some((2, 5)));
        assert_eq!(generation("models/gemini-3-pro-preview"), Some((3, 0)));
        assert_eq!(generation("gemma-3-27b"), None);
        assert!(shows_thoughts("gemini-2.5-flash") && shows_thoughts("gemini-3.1-pro"));
        assert!(!shows_thoughts("gemini-2.0-flash") && !shows_thoughts("gemini-2.5-flash-image"));
        assert!(!shows_thoughts("gemma-3-27b"));
    }
}
