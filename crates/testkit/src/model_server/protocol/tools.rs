//! Names, descriptions and schemas of the tools that a request offers.

use std::collections::BTreeSet;

use serde_json::Value;

/// Checks tools whose name stands at `name` and whose schema stands at `schema`.
pub(super) fn check(tools: Option<&Value>, name: &str, schema: &str) -> Vec<String> {
    let Some(tools) = tools else {
        return vec![];
    };
    let Some(tools) = tools.as_array().filter(|tools| !tools.is_empty()) else {
        return vec!["`tools` is no array, or an empty one".to_owned()];
    };
    let mut wrong = vec![];
    let mut names = BTreeSet::new();
    for tool in tools {
        let name = tool.pointer(name).and_then(Value::as_str).unwrap_or("");
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=64).contains(&name.len()) || !name.bytes().all(legal) {
            wrong.push(format!("`{name}` is no tool name"));
        }
        if !names.insert(name) {
            wrong.push(format!("the tool `{name}` is offered twice"));
        }
        let kind = tool.pointer(schema).and_then(|schema| schema.get("type"));
        if kind.and_then(Value::as_str) != Some("object") {
            wrong.push(format!("the parameters of `{name}` are no object schema"));
        }
    }
    wrong
}

/// Whether a call may go back under this name.
pub(super) fn is_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(legal)
}

/// Names the members that a wire does not have.
pub(super) fn members(body: &Value, known: &[&str]) -> Vec<String> {
    let Some(members) = body.as_object() else {
        return vec!["the body is no object".to_owned()];
    };
    let unknown = members.keys().filter(|key| !known.contains(&key.as_str()));
    unknown
        .map(|key| format!("unknown member `{key}`"))
        .collect()
}
