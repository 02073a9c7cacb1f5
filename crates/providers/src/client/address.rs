//! The addresses of a provider.

use url::Url;
use weald_domain::{
    model::{ModelError, ModelErrorKind},
    network,
    provider::{Provider, ProviderKind},
};

use crate::failure;

/// The base URL of a kind of provider that needs none to be entered.
#[must_use]
pub const fn preset(kind: ProviderKind) -> Option<&'static str> {
    match kind {
        ProviderKind::Openai => Some("https://api.openai.com/v1"),
        ProviderKind::Openrouter => Some("https://openrouter.ai/api/v1"),
        ProviderKind::OpenaiCompatible | ProviderKind::Builtin => None,
    }
}

/// An address below the base URL. A base without a path gets `/v1`, where every server of this
/// wire has it; the address of a chat endpoint is taken for its base.
pub(super) fn endpoint(provider: &Provider, path: &str) -> Result<Url, ModelError> {
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
    let root = url.path().trim_end_matches('/');
    let root = root.strip_suffix("/chat/completions").unwrap_or(root);
    let root = if root.is_empty() { "/v1" } else { root };
    let path = format!("{}/{path}", root.trim_end_matches('/'));
    url.set_path(&path);
    url.set_fragment(None);
    Ok(url)
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
        endpoint(&provider, "chat/completions")
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
        let url = endpoint(&openai, "models").expect("a preset");
        assert_eq!(url.as_str(), "https://api.openai.com/v1/models");
        let unknown = sample::provider(ProviderKind::OpenaiCompatible, None);
        assert_eq!(
            endpoint(&unknown, "models").expect_err("none").code,
            "bad_base_url"
        );
    }
}
