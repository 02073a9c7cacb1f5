//! What a worker answered, as it is stored: text and JSON within the limit.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;
use weald_domain::{limits::TOOL_OUTPUT_STORED_MAX, ports::ToolAnswer, tool::ToolContent};

/// Takes over a result; what is beyond the limit is cut and marked.
pub(crate) fn stored(result: CallToolResult) -> ToolAnswer {
    let mut room = TOOL_OUTPUT_STORED_MAX;
    let mut truncated = false;
    let mut content = Vec::new();
    for block in result.content {
        let (text, was_cut) = cut(text_of(block), room);
        truncated |= was_cut;
        room -= text.len();
        content.push(ToolContent::Text { text });
    }
    if let Some(value) = result.structured_content {
        truncated |= value.get("truncated") == Some(&Value::Bool(true));
        if value.to_string().len() <= room {
            content.push(ToolContent::Json { value });
        } else {
            truncated = true;
            let text = "[the JSON result is larger than what is kept and was left out]".into();
            content.push(ToolContent::Text { text });
        }
    }
    ToolAnswer {
        content,
        is_error: result.is_error == Some(true),
        truncated,
    }
}

fn text_of(block: ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(_) => "[an image, not taken]".into(),
        ContentBlock::Audio(_) => "[audio, not taken]".into(),
        ContentBlock::Resource(_) | ContentBlock::ResourceLink(_) => {
            "[a resource, not taken]".into()
        }
        // Kinds of content that later revisions of MCP add.
        _ => "[content of an unknown kind, not taken]".into(),
    }
}

fn cut(mut text: String, room: usize) -> (String, bool) {
    if text.len() <= room {
        return (text, false);
    }
    text.truncate(text.floor_char_boundary(room));
    (text, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_beyond_the_limit_is_cut_and_marked() {
        let text = "é".repeat(TOOL_OUTPUT_STORED_MAX / 2) + "é";
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        result.structured_content = Some(serde_json::json!({ "a": 1 }));
        let answer = stored(result);
        assert!(answer.truncated && !answer.is_error);
        assert_eq!(answer.content[0].to_text().len(), TOOL_OUTPUT_STORED_MAX);
        assert!(answer.content[1].to_text().starts_with("[the JSON result"));
    }
}
