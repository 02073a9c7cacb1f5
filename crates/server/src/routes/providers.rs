//! Providers.

mod create;
mod delete;
mod found;
mod get;
mod key;
mod list;
pub(super) mod offered;
mod test;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::{network, ports::ProviderWriteError, provider::Provider, slug::Slug};

pub(super) use key::key_of;

use crate::{Fault, ServerState, fault::Answer};

/// Longest name of a provider, characters.
const NAME_MAX: usize = 64;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_provider))
        .routes(routes!(list::list_providers))
        .routes(routes!(found::found_providers))
        .routes(routes!(get::get_provider))
        .routes(routes!(update::update_provider))
        .routes(routes!(delete::delete_provider))
        .routes(routes!(test::test_provider))
}

/// A provider by its slug.
pub(super) async fn found(state: &ServerState, id: &Slug) -> Answer<Provider> {
    let found = state.services().providers.get(id).await?;
    found.ok_or_else(|| Fault::not_found("provider"))
}

/// Why a provider was not written, on the wire.
pub(super) fn write_fault(error: ProviderWriteError) -> Fault {
    match error {
        ProviderWriteError::Taken => Fault::conflict("slug_taken", "A provider of that id exists."),
        ProviderWriteError::Builtin => {
            Fault::conflict("builtin", "The built-in provider cannot be changed.")
        }
        ProviderWriteError::InUse(presets) => {
            let presets: Vec<_> = presets.into_iter().map(String::from).collect();
            Fault::conflict("provider_in_use", "Presets use its models.")
                .with("preset_ids", presets)
        }
        ProviderWriteError::Store(error) => error.into(),
    }
}

/// A base URL: http or https, a host, nothing secret in it.
fn check_url(text: &str) -> Answer<String> {
    let bad = |detail: &str| Fault::bad("bad_base_url", format!("base_url: {detail}"));
    let url = url::Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(bad("`http://…` or `https://…` was expected"));
    }
    if url.host_str().is_some_and(network::is_refused_host) {
        let detail =
            "base_url: link-local addresses and metadata services of a cloud are never called";
        return Err(Fault::bad("address_not_allowed", detail));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            "no user name or password belongs in it; give the key as `api_key`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("no query and no fragment belong in it"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_http_and_holds_no_secret() {
        let url = check_url("http://localhost:11434/v1/").expect("legal");
        assert_eq!(url, "http://localhost:11434/v1");
        for bad in [
            "",
            "localhost",
            "file:///etc/passwd",
            "https://u:p@h/",
            "https://h/?key=1",
        ] {
            assert_eq!(
                check_url(bad).expect_err(bad).problem().code,
                "bad_base_url"
            );
        }
        for metadata in [
            "http://169.254.169.254/v1",
            "http://0xa9fea9fe/",
            "http://[fe80::1]/",
        ] {
            let fault = check_url(metadata).expect_err(metadata);
            assert_eq!(fault.problem().code, "address_not_allowed");
        }
    }
}
