//! Checks of what serves: port, database, providers.

use std::net::{SocketAddr, TcpListener};

use weald_api::{
    PageQuery, domain::provider::ProviderKind, health::ServiceState, provider::Provider,
};

use super::Check;
use crate::{
    config::Config,
    context::Context,
    failure::Outcome,
    places::Places,
    reach::{Reach, with_server},
    runtime::Sockets,
};

/// Whether the port is free, or ours.
pub(super) async fn port(places: &Places, config: &Config) -> Check {
    let address = SocketAddr::new(config.server.host, config.server.port);
    match TcpListener::bind(address) {
        Ok(_) => Check::ok("port", format!("{address} is free")),
        Err(error) => {
            let sockets = Sockets::of(places, &config.data.root);
            if sockets.answers().await.unwrap_or(false) {
                return Check::ok("port", format!("{address} is in use, and Weald runs"));
            }
            let detail = format!("{address} cannot be listened on: {error}");
            Check::warning(
                "port",
                detail,
                "choose another with `weald up --addr` or `server.port`",
            )
        }
    }
}

/// Whether the database answers, and every provider.
pub(super) async fn deployment(context: &mut Context) -> Vec<Check> {
    let asked = with_server(context, async |_, reach| {
        let mut checks = vec![database(reach).await?];
        checks.extend(providers(reach).await?);
        Ok(checks)
    });
    match asked.await {
        Ok(checks) => checks,
        Err(failure) => {
            let fix = failure
                .next_step()
                .unwrap_or("see the log: `-vv`")
                .to_owned();
            vec![Check::failed("database", failure.to_string(), fix)]
        }
    }
}

async fn database(reach: &Reach) -> Outcome<Check> {
    let health = reach.client.health().await?;
    Ok(match health.database {
        ServiceState::Connected => {
            Check::ok("database", format!("it answers (Weald {})", health.version))
        }
        ServiceState::Error | ServiceState::Unavailable => Check::failed(
            "database",
            "it does not answer",
            "see the log of `weald up`",
        ),
    })
}

async fn providers(reach: &Reach) -> Outcome<Vec<Check>> {
    let page = PageQuery {
        limit: Some(200),
        ..PageQuery::default()
    };
    let all = reach.client.providers(&page).await?.items;
    let mut checks = Vec::new();
    for provider in all
        .iter()
        .filter(|provider| provider.kind != ProviderKind::Builtin)
    {
        checks.push(provider_check(reach, provider).await?);
    }
    if checks.is_empty() {
        checks.push(Check::warning(
            "provider",
            "no language model is connected: the built-in planner answers",
            "`weald provider add --help`",
        ));
    }
    Ok(checks)
}

async fn provider_check(reach: &Reach, provider: &Provider) -> Outcome<Check> {
    let id = &provider.id;
    if !provider.is_enabled {
        return Ok(Check::ok("provider", format!("{id} is disabled")));
    }
    let tested = reach.client.test_provider(id).await?;
    Ok(match tested.error {
        None => {
            let took = tested.latency_ms.unwrap_or_default();
            Check::ok("provider", format!("{id} answered in {took} ms"))
        }
        Some(error) => Check::failed("provider", format!("{id}: {}", error.message), error.hint),
    })
}
