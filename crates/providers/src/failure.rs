//! The failures of a model call, each with its stable code.

use std::time::Duration;

use weald_domain::{
    limits::PROVIDER_DATA_MAX,
    model::{ModelError, ModelErrorKind},
};

/// A failure that the same call will meet again.
#[must_use]
pub fn lasting(kind: ModelErrorKind, code: &str, message: impl Into<String>) -> ModelError {
    ModelError {
        kind,
        code: code.to_owned(),
        message: message.into(),
        retryable: false,
        retry_after: None,
    }
}

/// A failure that may be gone later.
#[must_use]
pub fn passing(kind: ModelErrorKind, code: &str, message: impl Into<String>) -> ModelError {
    ModelError {
        retryable: true,
        ..lasting(kind, code, message)
    }
}

/// A failure after which the provider said when to come back.
#[must_use]
pub fn passing_after(
    kind: ModelErrorKind,
    code: &str,
    message: impl Into<String>,
    retry_after: Option<Duration>,
) -> ModelError {
    ModelError {
        retry_after,
        ..passing(kind, code, message)
    }
}

/// The request names a model that the provider does not have.
#[must_use]
pub fn model_not_found(provider: &str, model: &str) -> ModelError {
    lasting(
        ModelErrorKind::BadRequest,
        "model_not_found",
        format!("the provider `{provider}` has no model `{model}`"),
    )
}

/// The stream ended without its terminal event.
#[must_use]
pub fn cut_stream() -> ModelError {
    passing(
        ModelErrorKind::CutStream,
        "cut_stream",
        "the provider's answer broke off in the middle",
    )
}

/// The answer ended with a word that says it failed.
#[must_use]
pub fn failed_answer(reason: &str) -> ModelError {
    passing(
        ModelErrorKind::Provider,
        "provider_error",
        format!("the provider says that its answer failed: {reason}"),
    )
}

/// A piece of a stream is not what its wire consists of.
#[must_use]
pub fn not_json(quoted: &str) -> ModelError {
    passing(
        ModelErrorKind::Provider,
        "bad_chunk",
        format!("the provider sent a chunk that is no JSON: {quoted}"),
    )
}

/// What a provider wants to see again is more than is kept.
#[must_use]
pub fn provider_data_too_large() -> ModelError {
    lasting(
        ModelErrorKind::TooLarge,
        "provider_data_too_large",
        format!("the provider wants more than {PROVIDER_DATA_MAX} bytes kept with one answer"),
    )
}
