//! What goes to a model and what comes back, whatever the wire.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::SessionId,
    message::{FinishReason, Part, Role},
    slug::{BadSlug, Slug},
    tool::ToolSpec,
};

/// `provider/model`, split at the first `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelRef {
    /// Provider slug.
    pub provider: Slug,
    /// The provider's own name of the model; may contain `/`.
    pub model: String,
}

/// The text names no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadModelRef {
    /// There is no `/`, or nothing after it.
    #[error("`{0}` is not `provider/model`")]
    Form(String),
    /// The provider is not a slug.
    #[error(transparent)]
    Provider(#[from] BadSlug),
}

impl FromStr for ModelRef {
    type Err = BadModelRef;

    fn from_str(text: &str) -> Result<Self, BadModelRef> {
        match text.split_once('/') {
            Some((provider, model)) if (1..=256).contains(&model.len()) => Ok(Self {
                provider: provider.parse()?,
                model: model.to_owned(),
            }),
            _ => Err(BadModelRef::Form(text.chars().take(128).collect())),
        }
    }
}

impl TryFrom<String> for ModelRef {
    type Error = BadModelRef;

    fn try_from(text: String) -> Result<Self, BadModelRef> {
        text.parse()
    }
}

impl From<ModelRef> for String {
    fn from(model: ModelRef) -> Self {
        model.to_string()
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

/// One message of a model's context. A tool part of an assistant message carries its result.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub parts: Vec<Part>,
}

/// One call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRequest {
    /// The session that calls; providers may use it as a cache key, never as an identity.
    pub session_id: SessionId,
    /// The provider's own name of the model.
    pub model: String,
    /// The rendered system prompt.
    pub system: Option<String>,
    /// The context, oldest first.
    pub messages: Vec<ContextMessage>,
    /// The tools it may call.
    pub tools: Vec<ToolSpec>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// Most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Tokens that shall fit, where the caller says so; for servers that make room by the call.
    pub context_window: Option<u64>,
}

/// Tokens of calls, as a cumulative snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Answer tokens, reasoning included.
    pub output: u64,
    /// Prompt tokens read from the provider's cache.
    pub cache_read: u64,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: u64,
    /// Answer tokens spent on reasoning.
    pub reasoning: u64,
    /// Input and output together.
    pub total: u64,
    /// Calls made.
    pub requests: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            input: self.input + other.input,
            output: self.output + other.output,
            cache_read: self.cache_read + other.cache_read,
            cache_write: self.cache_write + other.cache_write,
            reasoning: self.reasoning + other.reasoning,
            total: self.total + other.total,
            requests: self.requests + other.requests,
        }
    }
}

/// One thing a model's stream says. Every piece of every chunk of a wire becomes one of these.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// Answer text.
    Text(String),
    /// Thinking text.
    Reasoning(String),
    /// What must be replayed verbatim with the reasoning that just ended (signatures, redacted
    /// blocks).
    ReasoningProvider(Value),
    /// A tool call begins; `index` tells parallel calls apart.
    ToolCall {
        /// Position among the calls of this message.
        index: u32,
        /// The provider's id; made by the codec when the provider sends none.
        id: String,
        /// Tool name.
        name: String,
    },
    /// A piece of a call's arguments, raw JSON text.
    ToolArgs {
        /// Which call.
        index: u32,
        /// The piece.
        delta: String,
    },
    /// Tokens so far; a later snapshot replaces an earlier one.
    Usage(Usage),
    /// No byte came for this long; the call still waits until the idle deadline.
    Silent(Duration),
    /// An event the codec does not know, kept raw.
    Unknown(Value),
    /// The terminal event. A stream that ends without it is an error, never a success.
    Finished(FinishReason),
}

/// What kind of failure a model call met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelErrorKind {
    /// The request itself is wrong (400, 404, 422, a bad script).
    BadRequest,
    /// The key is missing or refused (401, 403).
    Auth,
    /// Too many requests or no quota (429).
    RateLimit,
    /// The provider failed (5xx, an error event).
    Provider,
    /// It could not be reached.
    Network,
    /// The stream ended without its terminal event.
    CutStream,
    /// No byte before the idle, header or total deadline.
    Timeout,
    /// A line or event above the limit.
    TooLarge,
}

/// A model call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ModelError {
    /// What kind of failure.
    pub kind: ModelErrorKind,
    /// Stable code, such as `rate_limited` or `bad_script`.
    pub code: String,
    /// One sentence for a person; never a secret.
    pub message: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// When the provider said to come back.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    /// The provider has no machine of its own that a model could be downloaded to.
    #[must_use]
    pub fn pull_not_available(provider: &Slug) -> Self {
        Self {
            kind: ModelErrorKind::BadRequest,
            code: "pull_not_available".to_owned(),
            message: format!("the provider `{provider}` downloads no models"),
            retryable: false,
            retry_after: None,
        }
    }
}

/// A model that a provider offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedModel {
    /// The provider's own name.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// Tokens that fit, when the provider says so.
    pub context_window: Option<u64>,
}

/// How a download of a model goes on, on the provider's own machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullProgress {
    /// What is being done, in the provider's words.
    pub status: String,
    /// Bytes of the current piece that are there.
    pub completed: Option<u64>,
    /// Bytes of the current piece.
    pub total: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_split_at_the_first_slash() {
        let model: ModelRef = "openrouter/meta/llama-3".parse().expect("legal");
        assert_eq!(
            (model.provider.as_str(), model.model.as_str()),
            ("openrouter", "meta/llama-3")
        );
        assert!("gpt".parse::<ModelRef>().is_err());
        assert!("a/".parse::<ModelRef>().is_err());
    }
}
