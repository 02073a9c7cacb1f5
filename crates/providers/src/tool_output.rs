//! What a tool answered, as it stands in a context: a text, or `{"content": [ToolContent…]}`.

use serde_json::Value;
use weald_domain::tool::ToolContent;

/// Stands in a text whose middle was left out.
const CUT_MARK: &str = "\n… [";

/// All of a stored output as a text. A document that a text piece repeats comes once.
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
    let repeats = |value: &Value| {
        content.iter().any(|piece| match piece {
            ToolContent::Text { text } if text.trim_start().starts_with(['{', '[']) => {
                serde_json::from_str::<Value>(text).is_ok_and(|said| said == *value)
            }
            ToolContent::Text { .. } | ToolContent::Json { .. } => false,
        })
    };
    let texts: Vec<String> = content
        .iter()
        .filter(|piece| match piece {
            ToolContent::Text { text } => !text.is_empty(),
            ToolContent::Json { value } => !repeats(value),
        })
        .map(ToolContent::to_text)
        .collect();
    texts.join("\n")
}

/// The first JSON document of a stored output; of one that was cut, the part that is left.
pub(crate) fn document(output: &Value) -> Option<Value> {
    let pieces = pieces(output)?;
    pieces.iter().find_map(|piece| match piece {
        ToolContent::Json { value } => Some(value.clone()),
        ToolContent::Text { text } => mended(text),
    })
}

fn pieces(output: &Value) -> Option<Vec<ToolContent>> {
    serde_json::from_value(output.get("content")?.clone()).ok()
}

/// The head of a document whose middle was left out, closed behind its last whole item and marked
/// as truncated.
fn mended(text: &str) -> Option<Value> {
    let (head, _) = text.split_once(CUT_MARK)?;
    let head = head.get(head.find('{')?..)?;
    let whole_until = |separator: &str| head.rfind(separator).and_then(|at| head.get(..at));
    let candidates = [
        Some(format!("{}\"}}", head.trim_end_matches('\\'))),
        whole_until("},{").map(|items| format!("{items}}}]}}")),
        whole_until("\",\"").map(|items| format!("{items}\"]}}")),
    ];
    let parsed = candidates.into_iter().flatten().find_map(|text| {
        let value: Value = serde_json::from_str(&text).ok()?;
        value.as_object().cloned()
    });
    let mut document = parsed?;
    document.insert("truncated".into(), Value::Bool(true));
    Some(Value::Object(document))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cut(document: &Value, at: usize) -> Value {
        let whole = document.to_string();
        let head: String = whole.chars().take(at).collect();
        let text = format!("a sentence\n{head}{CUT_MARK}99 bytes left out] …\nthe tail");
        json!({"content": [{"type": "text", "text": text}]})
    }

    #[test]
    fn a_sentence_and_its_document_are_both_said() {
        let output = json!({"content": [
            {"type": "text", "text": "1 commit"}, {"type": "json", "value": {"commits": ["x"]}}
        ]});
        assert_eq!(text(&output), "1 commit\n{\"commits\":[\"x\"]}");
        let twice = json!({"content": [
            {"type": "text", "text": "{\"a\": 1}"}, {"type": "json", "value": {"a": 1}}
        ]});
        assert_eq!(text(&twice), "{\"a\": 1}");
        assert_eq!(
            (text(&json!("plain")), text(&Value::Null)),
            ("plain".into(), String::new())
        );
    }

    #[test]
    fn what_is_left_of_a_cut_document_is_read() {
        let hits = json!({"hits": [{"path": "a", "line": 1}, {"path": "b", "line": 2}]});
        let left = json!({"hits": [{"path": "a", "line": 1}], "truncated": true});
        assert_eq!(document(&cut(&hits, 40)), Some(left));
        let paths = json!({"paths": ["a", "b", "c"]});
        let left = json!({"paths": ["a"], "truncated": true});
        assert_eq!(document(&cut(&paths, 16)), Some(left));
        let patch = json!({"files": [], "patch": "line one\nline two"});
        let left = json!({"files": [], "patch": "line one", "truncated": true});
        assert_eq!(document(&cut(&patch, 30)), Some(left));
        assert_eq!(document(&cut(&json!({"paths": []}), 3)), None);
    }
}
