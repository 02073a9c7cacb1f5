//! The addresses of a provider.

use url::Url;
use weald_domain::{
    model::{ModelError, ModelErrorKind},
    network,
    provider::{Provider, ProviderKind},
};

use crate::{failure, wire::Wire};

/// The base URL of a kind of provider that needs none to be entered.
#[must_use]
pub const fn preset(kind: ProviderKind) -> Option<&'static str> {
    match kind {
        ProviderKind::Openai | ProviderKind::OpenaiResponses => Some("https://api.openai.com/v1"),
        ProviderKind::Openrouter => Some("https://openrouter.ai/api/v1"),
        ProviderKind::Anthropic => Some("https://api.anthropic.com/v1"),
        ProviderKind::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
        ProviderKind::Ollama => Some("http://127.0.0.1:11434"),
        ProviderKind::OpenaiCompatible | ProviderKind::Builtin => None,
    }
}

/// Where a call of a model is posted.
pub(super) fn call(provider: &Provider, wire: Wire, model: &str) -> Result<Url, ModelError> {
    match wire {
        Wire::Chat(_) => endpoint(provider, wire, "chat/completions"),
        Wire::Anthropic => endpoint(provider, wire, "messages"),
        Wire::Responses => endpoint(provider, wire, "responses"),
        Wire::Ollama => endpoint(provider, wire, "api/chat"),
        Wire::Gemini => {
            let mut url = endpoint(provider, wire, "")?;
            let model = model.strip_prefix("models/").unwrap_or(model);
            // As a segment of its own, a name cannot lead anywhere else.
            if let Ok(mut path) = url.path_segments_mut() {
                let method = format!("{model}:streamGenerateContent");
                path.pop_if_empty().extend(["models", &method]);
            }
            url.query_pairs_mut().append_pair("alt", "sse");
            Ok(url)
        }
    }
}

/// Where a model is downloaded to the provider's machine; none when the wire cannot.
pub(super) fn pull(provider: &Provider, wire: Wire) -> Option<Result<Url, ModelError>> {
    match wire {
        Wire::Ollama => Some(endpoint(provider, wire, "api/pull")),
        Wire::Chat(_) | Wire::Anthropic | Wire::Responses | Wire::Gemini => None,
    }
}

/// Where the models are listed.
pub(super) fn list(provider: &Provider, wire: Wire) -> Result<Url, ModelError> {
    let path = match wire {
        Wire::Chat(_) | Wire::Anthropic | Wire::Responses | Wire::Gemini => "models",
        Wire::Ollama => "api/tags",
    };
    let mut url = endpoint(provider, wire, path)?;
    match wire {
        Wire::Chat(_) | Wire::Responses | Wire::Ollama => {}
        Wire::Anthropic => {
            url.query_pairs_mut().append_pair("limit", "1000");
        }
        Wire::Gemini => {
            url.query_pairs_mut().append_pair("pageSize", "1000");
        }
    }
    Ok(url)
}

/// An address below the base URL.
fn endpoint(provider: &Provider, wire: Wire, path: &str) -> Result<Url, ModelError> {
    let base = provider
        .base_url
        .as_deref()
        .filter(|base| !base.trim().is_empty());
    let base = base
        .or_else(|| preset(provider.kind))
        .ok_or_else(|| bad(&provider.id.to_string(), "has no base URL"))?;
    let mut url = Url::parse(base.trim()).map_err(|_| bad(base, "is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(bad(base, "is no http or https address"));
    }
    // An address is never resolved, so what the resolver refuses is refused here, too.
    if url.host_str().is_some_and(network::is_refused_host) {
        return Err(not_allowed(url.host_str().unwrap_or("")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            url.host_str().unwrap_or(""),
            "must not hold a key or password",
        ));
    }
    let path = format!("{}/{path}", root(wire, url.path()));
    url.set_path(&path);
    url.set_fragment(None);
    Ok(url)
}

/// The path that everything of a wire stands below. The address of its endpoint is taken for its
/// base, and what people leave out of a base is put back.
fn root(wire: Wire, path: &str) -> String {
    let path = path.trim_end_matches('/');
    let without = |suffix: &str| path.strip_suffix(suffix).unwrap_or(path);
    let base = match wire {
        Wire::Chat(_) => without("/chat/completions"),
        Wire::Anthropic => without("/messages"),
        Wire::Responses => without("/responses"),
        Wire::Gemini => without("/models"),
        Wire::Ollama => {
            // The base of its other wire is the one that people know.
            let base = without("/v1");
            let base = base.strip_suffix("/chat").unwrap_or(base);
            base.strip_suffix("/api").unwrap_or(base)
        }
    };
    let base = base.trim_end_matches('/');
    let version = match wire {
        // A base with a path is taken as it is: some servers number their versions otherwise.
        Wire::Chat(_) | Wire::Responses if base.is_empty() => "/v1",
        Wire::Gemini if base.is_empty() => "/v1beta",
        // Clients of this wire are given bases without the version.
        Wire::Anthropic if !base.ends_with("/v1") => "/v1",
        Wire::Chat(_) | Wire::Responses | Wire::Gemini | Wire::Anthropic | Wire::Ollama => "",
    };
    format!("{base}{version}")
}

/// A place that is never called.
pub(super) fn not_allowed(host: &str) -> ModelError {
    let message = format!(
        "`{host}` is or leads to a link-local address or a metadata service, which are never called"
    );
    failure::lasting(ModelErrorKind::BadRequest, "address_not_allowed", message)
}

fn bad(what: &str, why: &str) -> ModelError {
    let what: String = what.chars().take(128).collect();
    failure::lasting(
        ModelErrorKind::BadRequest,
        "bad_base_url",
        format!("the base URL of `{what}` {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn chat(base: &str) -> Result<String, String> {
        let provider = sample::provider(ProviderKind::OpenaiCompatible, Some(base));
        let wire = Wire::of(provider.kind).expect("a wire");
        call(&provider, wire, "m")
            .map(String::from)
            .map_err(|error| error.code)
    }

    #[test]
    fn every_way_to_write_a_base_url_leads_to_the_same_place() {
        for base in [
            "http://localhost:11434",
            "http://localhost:11434/",
            "http://localhost:11434/v1",
            " http://localhost:11434/v1/ ",
            "http://localhost:11434/v1/chat/completions",
        ] {
            let expected = "http://localhost:11434/v1/chat/completions".to_owned();
            assert_eq!(chat(base), Ok(expected), "{base}");
        }
        assert_eq!(
            chat("https://x.example/api/v4/?version=2#top"),
            Ok("https://x.example/api/v4/chat/completions?version=2".into())
        );
    }

    #[test]
    fn each_wire_finds_its_version() {
        let address = |kind, base| {
            let provider = sample::provider(kind, base);
            let url = call(&provider, Wire::of(kind).expect("a wire"), "m/../x");
            url.expect("an address").to_string()
        };
        let anthropic = |base| address(ProviderKind::Anthropic, base);
        assert_eq!(anthropic(None), "https://api.anthropic.com/v1/messages");
        for base in ["https://x.example", "https://x.example/v1/messages/"] {
            assert_eq!(anthropic(Some(base)), "https://x.example/v1/messages");
        }
        let responses = |base| address(ProviderKind::OpenaiResponses, base);
        assert_eq!(responses(None), "https://api.openai.com/v1/responses");
        for base in ["https://x.example/", "https://x.example/v1/responses"] {
            assert_eq!(responses(Some(base)), "https://x.example/v1/responses");
        }
        let gemini = |base| address(ProviderKind::Gemini, base);
        let method = "models/m%2F..%2Fx:streamGenerateContent?alt=sse";
        let google = "https://generativelanguage.googleapis.com/v1beta";
        assert_eq!(gemini(None), format!("{google}/{method}"));
        for base in ["https://x.example", "https://x.example/v1beta/models"] {
            assert_eq!(
                gemini(Some(base)),
                format!("https://x.example/v1beta/{method}")
            );
        }
        let ollama = |base| address(ProviderKind::Ollama, base);
        assert_eq!(ollama(None), "http://127.0.0.1:11434/api/chat");
        for base in [
            "http://x:1",
            "http://x:1/v1",
            "http://x:1/api/",
            "http://x:1/api/chat",
        ] {
            assert_eq!(ollama(Some(base)), "http://x:1/api/chat", "{base}");
        }
        let below = anthropic(Some("https://x.example/api/anthropic"));
        assert_eq!(below, "https://x.example/api/anthropic/v1/messages");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for base in [
            "localhost:11434",
            "ftp://x",
            "x",
            "http://",
            "https://user:key@x/v1",
        ] {
            assert_eq!(chat(base), Err("bad_base_url".into()), "{base}");
        }
        for base in [
            "http://169.254.169.254/v1",
            "http://[::ffff:169.254.169.254]",
        ] {
            assert_eq!(chat(base), Err("address_not_allowed".into()), "{base}");
        }
    }

    #[test]
    fn known_providers_need_no_base_url() {
        let openai = sample::provider(ProviderKind::Openai, None);
        let wire = Wire::of(ProviderKind::Openai).expect("a wire");
        let url = list(&openai, wire).expect("a preset");
        assert_eq!(url.as_str(), "https://api.openai.com/v1/models");
        let unknown = sample::provider(ProviderKind::OpenaiCompatible, None);
        assert_eq!(list(&unknown, wire).expect_err("none").code, "bad_base_url");
    }
}
