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

/// A change of a provider; `None` leaves a member as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProviderPatch {
    /// New name.
    pub display_name: Option<String>,
    /// New base URL, or none.
    pub base_url: Option<Option<String>>,
    /// New reference to its key, or none.
    pub secret_ref: Option<Option<SecretRef>>,
    /// Whether it may be called.
    pub is_enabled: Option<bool>,
}

impl Provider {
    /// The provider with a patch laid over it. Its key belongs to the server it was given for: a
    /// base URL of another one takes it away, unless a new one comes along.
    #[must_use]
    pub fn patched(self, patch: ProviderPatch, at: UnixMillis) -> Self {
        let ProviderPatch {
            display_name,
            base_url,
            secret_ref,
            is_enabled,
        } = patch;
        let base_url = base_url.unwrap_or_else(|| self.base_url.clone());
        let kept = self
            .secret_ref
            .filter(|_| server_of(base_url.as_deref()) == server_of(self.base_url.as_deref()));
        let secret_ref = secret_ref.unwrap_or(kept);
        Self {
            display_name: display_name.unwrap_or(self.display_name),
            auth_kind: match (&secret_ref, self.auth_kind) {
                (None, _) => AuthKind::None,
                (Some(_), AuthKind::None) => AuthKind::ApiKey,
                (Some(_), kind) => kind,
            },
            base_url,
            secret_ref,
            is_enabled: is_enabled.unwrap_or(self.is_enabled),
            updated_at: self.updated_at.max(at),
            ..self
        }
    }
}

/// Scheme, host and port of a URL, in one form. Two forms of one server that are not seen to be one
/// only ask for the key again.
fn server_of(url: Option<&str>) -> Option<String> {
    let url = url?.trim().to_ascii_lowercase();
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let place = rest.get(..end)?;
    let usual = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    Some(format!(
        "{scheme}://{}",
        place.strip_suffix(usual).unwrap_or(place)
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_with_its_server() {
        let provider = |base_url: Option<&str>| Provider {
            id: "p".parse().expect("a slug"),
            kind: ProviderKind::Openai,
            display_name: "P".into(),
            auth_kind: AuthKind::ApiKey,
            base_url: base_url.map(str::to_owned),
            secret_ref: "secret://provider/p".parse().ok(),
            config: Map::new(),
            is_enabled: true,
            created_at: UnixMillis(0),
            updated_at: UnixMillis(5),
        };
        for (from, to, stays) in [
            (Some("http://h/v1"), Some("http://h/v2"), true),
            (Some("http://h/v1"), Some("HTTP://H:80"), true),
            (Some("https://h:443"), Some("https://h"), true),
            (Some("http://h"), Some("https://h"), false),
            (Some("http://h"), Some("http://h:81"), false),
            (Some("http://h"), Some("http://h.evil/"), false),
            (Some("http://h"), Some("http://evil\\@h"), false),
            (Some("http://h"), None, false),
            (None, Some("http://h"), false),
            (None, None, true),
        ] {
            let patch = ProviderPatch {
                base_url: Some(to.map(str::to_owned)),
                ..ProviderPatch::default()
            };
            let new = provider(from).patched(patch, UnixMillis(1));
            assert_eq!(new.secret_ref.is_some(), stays, "{from:?} {to:?}");
            assert_eq!(new.auth_kind == AuthKind::ApiKey, stays);
            assert_eq!(new.updated_at, UnixMillis(5), "time does not go back");
        }
    }
}
