//! How a download of a model goes on, line by line.

use serde_json::Value;
use weald_domain::model::{ModelError, ModelErrorKind, PullProgress};

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
        return Err(refused(&value, quoter));
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

/// The download broke off. What came is kept by the server, which goes on there.
#[must_use]
pub fn broken_off() -> ModelError {
    failure::passing(
        ModelErrorKind::CutStream,
        "cut_stream",
        "the server broke off in the middle of the download; started again, it goes on there",
    )
}

/// The error line of a download. Ollama has sentences and no codes; these are the ones that a
/// person can do something about.
fn refused(line: &Value, quoter: &Quoter) -> ModelError {
    let said = wire_error::message_of(line).unwrap_or("");
    let lower = said.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|words| lower.contains(words));
    let message = |what: &str| format!("{what}: {}", quoter.quote(said));
    if says(&["file does not exist", "manifest unknown", "not found"]) {
        let message = message("the library has no such model");
        failure::lasting(ModelErrorKind::BadRequest, "model_not_found", message)
    } else if says(&["invalid model name", "name is required"]) {
        let message = message("that is no name of a model");
        failure::lasting(ModelErrorKind::BadRequest, "bad_model", message)
    } else if says(&[
        "no space left on device",
        "not enough space on the disk",
        "disk quota exceeded",
    ]) {
        let message = message("the disk of the model server is full");
        failure::lasting(ModelErrorKind::Provider, "provider_disk_full", message)
    } else if says(&["newer version of ollama"]) {
        let message = message("the model server is too old for that model");
        failure::lasting(ModelErrorKind::Provider, "provider_outdated", message)
    } else if says(&[
        "no such host",
        "dial tcp",
        "connection refused",
        "i/o timeout",
    ]) {
        let message = message("the model server cannot reach its library");
        failure::passing(ModelErrorKind::Network, "library_unreachable", message)
    } else {
        wire_error::decode(line, quoter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ollama_says_of_a_failed_download_has_a_code() {
        for (said, code, retryable) in [
            (
                "pull model manifest: file does not exist",
                "model_not_found",
                false,
            ),
            ("invalid model name", "bad_model", false),
            (
                "write /root/.ollama/models/blobs/sha256-6a-partial: no space left on device",
                "provider_disk_full",
                false,
            ),
            (
                "write C:\\Users\\me\\.ollama: There is not enough space on the disk.",
                "provider_disk_full",
                false,
            ),
            (
                "pull model manifest: 412: \n\nThe model you are attempting to pull requires a \
                 newer version of Ollama.\n",
                "provider_outdated",
                false,
            ),
            (
                "pull model manifest: Get \"https://registry.ollama.ai/v2/library/x\": dial tcp: \
                 lookup registry.ollama.ai: no such host",
                "library_unreachable",
                true,
            ),
            (
                "max retries exceeded: unexpected EOF",
                "provider_error",
                true,
            ),
        ] {
            let line = serde_json::json!({"error": said}).to_string();
            let error = decode(&line, &Quoter::default()).expect_err(said);
            assert_eq!(
                (error.code.as_str(), error.retryable),
                (code, retryable),
                "{said}"
            );
            assert!(!error.message.contains('\n'), "{}", error.message);
        }
    }
}
