//! Providers and their models: configured model sources of the deployment.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{id::ModelRowId, secret::SecretRef, slug::Slug, time::UnixMillis};

/// Which wire a provider speaks, and in which dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// `builtin/planner` and `builtin/script`: always there, no key, no network.
    Builtin,
    /// OpenAI itself, by Chat Completions.
    Openai,
    /// `OpenRouter`, by Chat Completions.
    Openrouter,
    /// Any server that speaks Chat Completions (Ollama, LM Studio, llama.cpp, vLLM, …).
    OpenaiCompatible,
    /// Anthropic, or any server that speaks its Messages.
    Anthropic,
    /// OpenAI, or any server that speaks its Responses.
    OpenaiResponses,
    /// Gemini by Google's own wire.
    Gemini,
    /// Ollama by its own wire, which can also download models.
    Ollama,
}

/// How a provider wants to be paid attention to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// One key.
    ApiKey,
    /// Two keys.
    ApiKeyPair,
    /// A key file.
    ServiceAccountJson,
    /// Nothing.
    None,
    /// A role of the machine.
    IamRole,
}

/// A configured model source. It holds references to secrets, never a value (MY-27, MY-43).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Slug, unique in the deployment.
    pub id: Slug,
    /// The dialect.
    pub kind: ProviderKind,
    /// For people.
    pub display_name: String,
    /// How it wants to be authenticated.
    pub auth_kind: AuthKind,
    /// Base URL, such as `http://localhost:11434/v1`.
    pub base_url: Option<String>,
    /// Reference to the key.
    pub secret_ref: Option<SecretRef>,
    /// Dialect-specific settings, never a secret.
    pub config: Map<String, Value>,
    /// Whether it may be called.
    pub is_enabled: bool,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// One model of a provider (MY-28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Id of the row.
    pub id: ModelRowId,
    /// Its provider.
    pub provider_id: Slug,
    /// The provider's own name of it.
    pub provider_model_id: String,
    /// For people.
    pub display_name: Option<String>,
    /// Whether it is offered.
    pub is_enabled: bool,
    /// Tokens that fit, when known.
    pub context_window: Option<u64>,
    /// Opaque.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// The provider that is always there.
pub const BUILTIN_PROVIDER: &str = "builtin";
/// Deterministic planner over the installed workers: the model of a fresh deployment.
pub const PLANNER_MODEL: &str = "builtin/planner";
/// Plays the acts written in the input.
pub const SCRIPT_MODEL: &str = "builtin/script";
