//! Error objects of the wire: `{"error": {"message", "type", "code"}}` and its many cousins.

use serde_json::{Value, json};
use weald_domain::model::{ModelError, ModelErrorKind};

use crate::failure;

/// Longest quotation of a provider's own words, characters.
pub const QUOTE_MAX: usize = 300;

/// Reads the error object of a stream that began well.
#[must_use]
pub fn decode(error: &Value) -> ModelError {
    let said = message_of(error).unwrap_or_else(|| quote(&error.to_string()));
    let message = format!("the provider reported an error: {said}");
    let status = error.get("code").and_then(status_of);
    let word = |member: &str| error.get(member).and_then(Value::as_str).unwrap_or("");
    let words = format!("{} {}", word("code"), word("type"));
    let has = |word: &str| words.contains(word);
    if status == Some(429) || has("rate_limit") || has("insufficient_quota") {
        failure::passing(ModelErrorKind::RateLimit, "rate_limited", message)
    } else if matches!(status, Some(401 | 403)) || has("authentication") || has("permission") {
        failure::lasting(ModelErrorKind::Auth, "unauthorized", message)
    } else if has("context_length") {
        failure::lasting(ModelErrorKind::BadRequest, "context_too_long", message)
    } else if matches!(status, Some(400..=499)) || has("invalid_request") {
        failure::lasting(ModelErrorKind::BadRequest, "bad_request", message)
    } else {
        failure::passing(ModelErrorKind::Provider, "provider_error", message)
    }
}

/// What an error object says to a person, at most [`QUOTE_MAX`] characters.
#[must_use]
pub fn message_of(error: &Value) -> Option<String> {
    let inner = error.get("error").unwrap_or(error);
    let text = inner
        .as_str()
        .or_else(|| inner.get("message").and_then(Value::as_str))
        .or_else(|| inner.get("detail").and_then(Value::as_str))?;
    Some(quote(text))
}

/// Cuts a foreign text to [`QUOTE_MAX`] characters of one line.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.trim().chars().enumerate() {
        if count == QUOTE_MAX {
            out.push('…');
            break;
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

/// The error object that a server of this wire sends.
#[must_use]
pub fn encode(error: &ModelError) -> Value {
    json!({"error": {
        "message": error.message,
        "type": error.kind,
        "code": error.code,
        "param": null,
    }})
}

fn status_of(code: &Value) -> Option<u64> {
    code.as_u64()
        .or_else(|| code.as_str().and_then(|text| text.parse().ok()))
}
