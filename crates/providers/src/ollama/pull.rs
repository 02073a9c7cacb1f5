//! How a download of a model goes on, line by line.

use serde_json::Value;
use weald_domain::model::{ModelError, PullProgress};

use crate::{chat_completions::wire_error, failure, redact::Quoter};

/// The status of the last line of a download that came to its end.
const SUCCESS: &str = "success";

/// The body of a request to download `model`.
#[must_use]
pub fn request(model: &str) -> Value {
    serde_json::json!({"model": model, "stream": true})
}

/// Reads one line.
///
/// # Errors
/// An error of the server, or a line that is no JSON.
pub fn decode(line: &str, quoter: &Quoter) -> Result<PullProgress, ModelError> {
    let value: Value =
        serde_json::from_str(line).map_err(|_| failure::not_json(&quoter.quote(line)))?;
    if value.get("error").is_some_and(|error| !error.is_null()) {
        return Err(wire_error::decode(&value, quoter));
    }
    let status = value.get("status").and_then(Value::as_str).unwrap_or("");
    let count = |member: &str| value.get(member).and_then(Value::as_u64);
    Ok(PullProgress {
        status: quoter.quote(status),
        completed: count("completed"),
        total: count("total"),
    })
}

/// Whether a line says that the model is there.
#[must_use]
pub fn is_success(progress: &PullProgress) -> bool {
    progress.status == SUCCESS
}
