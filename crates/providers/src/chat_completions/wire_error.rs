//! Error objects of the wire: `{"error": {"message", "type", "code"}}` and its many cousins.

use serde_json::{Value, json};
use weald_domain::model::{ModelError, ModelErrorKind};

use crate::{failure, redact::Quoter};

/// Reads the error object of a stream that began well.
#[must_use]
pub fn decode(error: &Value, quoter: &Quoter) -> ModelError {
    let error = error.get("error").unwrap_or(error);
    let said = message_of(error).map_or_else(|| error.to_string(), str::to_owned);
    let message = format!("the provider reported an error: {}", quoter.quote(&said));
    let status = error.get("code").and_then(status_of);
    named(error, &message).unwrap_or_else(|| match status {
        Some(429) => failure::passing(ModelErrorKind::RateLimit, "rate_limited", message),
        Some(401 | 403) => failure::lasting(ModelErrorKind::Auth, "unauthorized", message),
        Some(400..=499) => failure::lasting(ModelErrorKind::BadRequest, "bad_request", message),
        Some(_) | None => failure::passing(ModelErrorKind::Provider, "provider_error", message),
    })
}

/// The failure that the words `code` and `type` of an error object name, whatever the status.
#[must_use]
pub fn named(error: &Value, message: &str) -> Option<ModelError> {
    let word = |member: &str| error.get(member).and_then(Value::as_str).unwrap_or("");
    let words = format!("{} {}", word("code"), word("type"));
    let has = |word: &str| words.contains(word);
    let is_too_long = message_of(error).is_some_and(|said| {
        let words = [
            "prompt is too long",
            "input token count",
            "exceeds the context length",
            "maximum context length",
        ];
        words.iter().any(|words| said.contains(words))
    });
    let is_bad_key = message_of(error).is_some_and(|said| said.contains("API key not valid"));
    let failure = if has("insufficient_quota") {
        failure::lasting(ModelErrorKind::RateLimit, "quota_exhausted", message)
    } else if has("rate_limit") {
        failure::passing(ModelErrorKind::RateLimit, "rate_limited", message)
    } else if has("authentication") || has("invalid_api_key") || is_bad_key {
        failure::lasting(ModelErrorKind::Auth, "unauthorized", message)
    } else if has("context_length") || has("exceed_context_size") || is_too_long {
        failure::lasting(ModelErrorKind::BadRequest, "context_too_long", message)
    } else if has("model_not_found") {
        failure::lasting(ModelErrorKind::BadRequest, "model_not_found", message)
    } else if has("invalid_request") {
        failure::lasting(ModelErrorKind::BadRequest, "bad_request", message)
    } else {
        return None;
    };
    Some(failure)
}

/// What an error object says to a person.
#[must_use]
pub fn message_of(error: &Value) -> Option<&str> {
    let inner = error.get("error").unwrap_or(error);
    inner
        .as_str()
        .or_else(|| inner.get("message").and_then(Value::as_str))
        .or_else(|| inner.get("detail").and_then(Value::as_str))
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
