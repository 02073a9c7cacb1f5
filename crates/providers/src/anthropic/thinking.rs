//! Thinking that must be seen again: signed blocks and redacted ones, in their places.
//!
//! A reasoning part holds the text of one or more blocks; what is kept beside it says how long
//! each was and how it was signed: `{"wire", "type": "thinking", "length", "signature"}`, or
//! `{"wire", "type": "redacted_thinking", "data"}`. Text without a signature cannot go back.

use serde_json::{Value, json};

use super::WIRE;
use crate::opaque;

/// What is kept of a signed block.
pub(super) fn signed(length: usize, signature: &str) -> Value {
    json!({"wire": WIRE, "type": "thinking", "length": length, "signature": signature})
}

/// What is kept of a redacted block.
pub(super) fn redacted(data: &Value) -> Value {
    json!({"wire": WIRE, "type": "redacted_thinking", "data": data})
}

/// The blocks of a reasoning part, as they came.
pub(super) fn blocks(text: &str, kept: Option<&Value>) -> Vec<Value> {
    let mut rest = text.chars();
    let mut block = |value: &Value| match value.get("type").and_then(Value::as_str)? {
        "thinking" => {
            let length = value.get("length").and_then(Value::as_u64)?;
            let length = usize::try_from(length).ok()?;
            let said: String = rest.by_ref().take(length).collect();
            let signature = value.get("signature")?;
            Some(json!({"type": "thinking", "thinking": said, "signature": signature}))
        }
        "redacted_thinking" => {
            let data = value.get("data")?;
            Some(json!({"type": "redacted_thinking", "data": data}))
        }
        _ => None,
    };
    opaque::of_wire(kept, WIRE).filter_map(&mut block).collect()
}
