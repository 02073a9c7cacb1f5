//! Where the key of a provider goes: one header of the request, and nowhere else.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use weald_domain::{
    model::{ModelError, ModelErrorKind},
    provider::{AuthKind, Provider, ProviderKind},
    secret::Secret,
};

use crate::{anthropic, failure, wire::Wire};

const ANTHROPIC_KEY: HeaderName = HeaderName::from_static("x-api-key");
const GEMINI_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");
const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");

/// The headers that every request to a provider carries.
pub(super) fn headers(
    provider: &Provider,
    wire: Wire,
    key: Option<&Secret>,
) -> Result<HeaderMap, ModelError> {
    let mut headers = HeaderMap::new();
    if wire == Wire::Anthropic {
        let version = HeaderValue::from_static(anthropic::VERSION);
        headers.insert(ANTHROPIC_VERSION, version);
    }
    match (provider.auth_kind, key) {
        (AuthKind::None, _) => {}
        (AuthKind::ApiKey, Some(key)) => {
            let (name, value) = header(wire, key.expose().trim());
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| auth("bad_key", "the key holds a character no key can hold"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        // A server of one's own may want no key although its kind could.
        (AuthKind::ApiKey, None) if may_go_without_key(provider) => {}
        (AuthKind::ApiKey, None) => {
            let message = format!("the provider `{}` has no key", provider.id);
            return Err(auth("missing_key", &message));
        }
        (AuthKind::ApiKeyPair | AuthKind::ServiceAccountJson | AuthKind::IamRole, _) => {
            let message = "this model wire knows one key or none";
            return Err(auth("auth_kind_not_available", message));
        }
    }
    Ok(headers)
}

fn header(wire: Wire, key: &str) -> (HeaderName, String) {
    match wire {
        Wire::Chat(_) | Wire::Responses | Wire::Ollama => (AUTHORIZATION, format!("Bearer {key}")),
        Wire::Anthropic => (ANTHROPIC_KEY, key.to_owned()),
        Wire::Gemini => (GEMINI_KEY, key.to_owned()),
    }
}

fn may_go_without_key(provider: &Provider) -> bool {
    let may = match provider.kind {
        ProviderKind::OpenaiCompatible | ProviderKind::Ollama => true,
        ProviderKind::Builtin
        | ProviderKind::Openai
        | ProviderKind::Openrouter
        | ProviderKind::Anthropic
        | ProviderKind::OpenaiResponses
        | ProviderKind::Gemini => false,
    };
    may && provider.secret_ref.is_none()
}

fn auth(code: &str, message: &str) -> ModelError {
    failure::lasting(ModelErrorKind::Auth, code, message)
}
