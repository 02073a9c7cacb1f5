//! What a tool answered, as it stands in a context.

use serde_json::Value;
use weald_domain::tool::ToolContent;

/// The text of a stored output: a text, or `{"content": [ToolContent…]}`. Workers give a text and
/// the same as JSON; a reader needs it once.
pub(crate) fn text(output: &Value) -> String {
    if let Value::String(text) = output {
        return text.clone();
    }
    let Some(content) = pieces(output) else {
        return if output.is_null() {
            String::new()
        } else {
            output.to_string()
        };
    };
    let texts: Vec<String> = content
        .iter()
        .filter(|piece| matches!(piece, ToolContent::Text { text } if !text.is_empty()))
        .map(ToolContent::to_text)
        .collect();
    if texts.is_empty() {
        let all: Vec<String> = content.iter().map(ToolContent::to_text).collect();
        all.join("\n")
    } else {
        texts.join("\n")
    }
}

/// The first JSON document of a stored output.
pub(crate) fn document(output: &Value) -> Option<Value> {
    pieces(output)?.into_iter().find_map(|piece| match piece {
        ToolContent::Json { value } => Some(value),
        ToolContent::Text { .. } => None,
    })
}

fn pieces(output: &Value) -> Option<Vec<ToolContent>> {
    serde_json::from_value(output.get("content")?.clone()).ok()
}
