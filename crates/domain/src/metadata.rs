//! Opaque JSON that callers hang on a row.

use serde_json::{Map, Value};

/// Merges a patch into metadata (NB-22): shallow, a null value removes its key, a null patch
/// clears everything.
#[must_use]
pub fn merge(mut old: Map<String, Value>, patch: Option<Map<String, Value>>) -> Map<String, Value> {
    let Some(patch) = patch else {
        return Map::new();
    };
    for (key, value) in patch {
        if value.is_null() {
            old.shift_remove(&key);
        } else {
            old.insert(key, value);
        }
    }
    old
}

/// Whether `whole` contains `part`: objects member by member, everything else by equality.
#[must_use]
pub fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part))),
        (Value::Array(whole), Value::Array(part)) => part
            .iter()
            .all(|part| whole.iter().any(|whole| contains(whole, part))),
        _ => whole == part,
    }
}

/// Deepest nesting of a JSON value; a scalar is 0.
#[must_use]
pub fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn null_removes_a_key_and_a_null_patch_clears() {
        let old = map(json!({"a": 1, "b": {"c": 2}}));
        let patch = map(json!({"a": null, "b": {"d": 3}}));
        assert_eq!(merge(old.clone(), Some(patch)), map(json!({"b": {"d": 3}})));
        assert_eq!(merge(old, None), Map::new());
    }

    #[test]
    fn containment_is_by_member() {
        assert!(contains(
            &json!({"a": 1, "b": {"c": 2, "d": 3}}),
            &json!({"b": {"c": 2}})
        ));
        assert!(!contains(&json!({"a": 1}), &json!({"a": 2})));
    }
}
