//! Reasoning that must be seen again: whole items with their encrypted content, in their places.
//!
//! Kept as `{"wire", "item"}`. An item without encrypted content lives at the provider alone, where
//! nothing is stored for us, and cannot go back.

use serde_json::{Map, Value, json};

use super::WIRE;
use crate::opaque;

/// What is kept of a finished item; none when it cannot go back.
pub(super) fn kept(item: &Map<String, Value>) -> Option<Value> {
    let sealed = item.get("encrypted_content").and_then(Value::as_str)?;
    if sealed.is_empty() {
        return None;
    }
    let members = ["type", "id", "summary", "content", "encrypted_content"];
    let told = |member: &&str| item.get(*member).is_some_and(|value| !value.is_null());
    let of_item = |member: &str| Some((member.to_owned(), item.get(member)?.clone()));
    let item: Map<String, Value> = members
        .into_iter()
        .filter(told)
        .filter_map(of_item)
        .collect();
    Some(json!({"wire": WIRE, "item": item}))
}

/// The items of a reasoning part, as they came.
pub(super) fn items(kept: Option<&Value>) -> Vec<Value> {
    opaque::of_wire(kept, WIRE)
        .filter_map(|value| value.get("item").filter(|item| item.is_object()))
        .cloned()
        .collect()
}

/// What an item says to a person.
pub(super) fn text(item: &Map<String, Value>) -> String {
    let texts = |member: &str| -> Vec<&str> {
        let pieces = item.get(member).and_then(Value::as_array);
        let pieces = pieces.map(Vec::as_slice).unwrap_or_default();
        let text = |piece: &'_ Value| piece.get("text").and_then(Value::as_str).is_some();
        let of = |piece| Value::as_str(Value::get(piece, "text")?);
        pieces.iter().filter(|p| text(p)).filter_map(of).collect()
    };
    let summary = texts("summary");
    if summary.is_empty() {
        texts("content").concat()
    } else {
        summary.join("\n\n")
    }
}
