//! `GET /api/providers/found`: providers that could be connected without typing anything.

use std::time::Duration;

use axum::{Json, extract::State};
use futures::future::join_all;
use serde_json::Map;
use weald_api::provider::{FoundProvider, FoundSource, ProvidersFoundResponse};
use weald_domain::{
    limits::PAGE_MAX,
    ports::PageRequest,
    provider::{AuthKind, Provider},
    secret::SecretRef,
    slug::Slug,
};

use crate::{
    ServerState,
    extract::Admin,
    fault::Answer,
    known_sources::{KEY_VARIABLES, KeyVariable, LocalServer},
};

/// How long a server of this computer may take to list its models.
const KNOCK_WITHIN: Duration = Duration::from_millis(700);

/// Look for providers
///
/// Names the environment variables that usually hold a key, with whether each is set and never its
/// value, and asks the usual addresses of model servers on this computer for their models. Nothing
/// is sent anywhere else, and nothing is looked for unless somebody asks here.
#[utoipa::path(
    get, path = "/api/providers/found", tag = "providers",
    responses(
        (status = 200, body = ProvidersFoundResponse, description = "What was looked for, and whether it is there."),
        (status = 403, description = "`admin_only`."),
    ),
)]
pub(super) async fn found_providers(
    State(state): State<ServerState>,
    Admin(_access): Admin,
) -> Answer<Json<ProvidersFoundResponse>> {
    let sources = &state.config().sources;
    let connected = connected(&state).await?;
    let variables = KEY_VARIABLES.iter().map(|variable| {
        let is_set = sources.variables.contains(variable.name);
        by_variable(variable, is_set, &connected)
    });
    let mut items: Vec<_> = variables.collect();
    let knocks = sources.servers.iter().map(|server| knock(&state, server));
    let answers = join_all(knocks).await;
    for (server, models) in sources.servers.iter().zip(answers) {
        items.push(by_server(server, models, &connected));
    }
    Ok(Json(ProvidersFoundResponse { items }))
}

async fn connected(state: &ServerState) -> Answer<Vec<Provider>> {
    let page = PageRequest {
        after: None,
        limit: PAGE_MAX,
    };
    Ok(state.services().providers.list(page).await?.items)
}

fn by_variable(variable: &KeyVariable, is_set: bool, connected: &[Provider]) -> FoundProvider {
    let reference = variable.reference();
    let uses = |provider: &&Provider| reference.is_some() && provider.secret_ref == reference;
    FoundProvider {
        source: FoundSource::Environment,
        kind: variable.kind,
        display_name: variable.provider.to_owned(),
        base_url: variable.base_url.map(str::to_owned),
        key_variable: Some(variable.name.to_owned()),
        is_present: is_set,
        models: None,
        provider_id: connected.iter().find(uses).map(|known| known.id.clone()),
    }
}

fn by_server(server: &LocalServer, models: Option<usize>, connected: &[Provider]) -> FoundProvider {
    let is_there = |provider: &&Provider| {
        let known = provider.base_url.as_deref();
        known.is_some_and(|known| same_server(known, &server.base_url))
    };
    FoundProvider {
        source: FoundSource::Local,
        kind: server.kind,
        display_name: server.name.clone(),
        base_url: Some(server.base_url.clone()),
        key_variable: None,
        is_present: models.is_some(),
        models,
        provider_id: connected
            .iter()
            .find(is_there)
            .map(|known| known.id.clone()),
    }
}

/// Whether two base URLs lead to one server of this computer, however it is named.
fn same_server(a: &str, b: &str) -> bool {
    let place = |text: &str| {
        let url = url::Url::parse(text).ok()?;
        let is_own = match url.host()? {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        };
        is_own.then_some(url.port_or_known_default())
    };
    place(a).is_some() && place(a) == place(b)
}

/// How many models a server lists; none when it does not answer in time.
async fn knock(state: &ServerState, server: &LocalServer) -> Option<usize> {
    let at = state.now();
    let provider = Provider {
        id: Slug::from_name(&server.name)?,
        kind: server.kind,
        display_name: server.name.clone(),
        auth_kind: AuthKind::None,
        base_url: Some(server.base_url.clone()),
        secret_ref: None::<SecretRef>,
        config: Map::new(),
        is_enabled: true,
        created_at: at,
        updated_at: at,
    };
    let list = state.services().models.list(&provider, None);
    let models = tokio::time::timeout(KNOCK_WITHIN, list).await.ok()?.ok()?;
    Some(models.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_this_computer_is_known_under_each_of_its_names() {
        let ollama = "http://127.0.0.1:11434/v1";
        assert!(same_server("http://localhost:11434", ollama));
        assert!(same_server("http://[::1]:11434/v1", ollama));
        assert!(!same_server("http://localhost:1234/v1", ollama));
        assert!(!same_server("http://192.168.1.4:11434/v1", ollama));
        assert!(!same_server("no url", "no url"));
    }
}
