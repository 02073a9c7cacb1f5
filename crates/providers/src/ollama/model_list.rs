//! The list of installed models.

use serde_json::Value;
use weald_domain::model::OfferedModel;

/// Reads `{"models": [{"model": …}]}`.
#[must_use]
pub fn decode(list: &Value) -> Option<Vec<OfferedModel>> {
    let entries = list.get("models")?.as_array()?;
    Some(entries.iter().filter_map(entry).collect())
}

fn entry(entry: &Value) -> Option<OfferedModel> {
    let id = entry.get("model").or(entry.get("name"))?.as_str()?;
    let window = entry.pointer("/details/context_length");
    Some(OfferedModel {
        id: id.to_owned(),
        display_name: None,
        context_window: window.and_then(Value::as_u64),
    })
}
