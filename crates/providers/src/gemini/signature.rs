//! Signatures of thought: each stands on a part of an answer and goes back on the same part.
//!
//! Kept as `{"wire", "on", "signature"}`, in the place of the part: before a call (`"on": "call"`),
//! behind a text whose last `length` characters came with it (`"text"`), or with the `length`
//! characters of a thought that it ends (`"thought"`).

use serde_json::{Value, json};

use super::WIRE;
use crate::opaque;

/// What is kept of the signature of a call.
pub(super) fn on_call(signature: &str) -> Value {
    json!({"wire": WIRE, "on": "call", "signature": signature})
}

/// What is kept of the signature of a text.
pub(super) fn on_text(signature: &str, length: usize) -> Value {
    json!({"wire": WIRE, "on": "text", "length": length, "signature": signature})
}

/// What is kept of the signature of a thought.
pub(super) fn on_thought(signature: &str, length: usize) -> Value {
    json!({"wire": WIRE, "on": "thought", "length": length, "signature": signature})
}

/// A signature and where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature<'a> {
    Call(&'a str),
    Text(&'a str, usize),
    Thought(&'a str, usize),
}

/// The signatures that this wire made, in order.
pub(super) fn all(kept: Option<&Value>) -> impl Iterator<Item = Signature<'_>> {
    opaque::of_wire(kept, WIRE).filter_map(read)
}

/// Reads what was kept of one.
pub(super) fn read(value: &Value) -> Option<Signature<'_>> {
    let text = |member: &str| value.get(member).and_then(Value::as_str);
    let length = value.get("length").and_then(Value::as_u64).unwrap_or(0);
    let length = usize::try_from(length).ok()?;
    let signature = text("signature")?;
    match text("on")? {
        "call" => Some(Signature::Call(signature)),
        "text" => Some(Signature::Text(signature, length)),
        "thought" => Some(Signature::Thought(signature, length)),
        _ => None,
    }
}

/// Whether a value was made by this wire.
pub(super) fn is_own(value: &Value) -> bool {
    value.get("wire").and_then(Value::as_str) == Some(WIRE)
}
