//! What of the usual sources of models the process was started with.

use std::collections::BTreeMap;

use weald_domain::{provider::ProviderKind, secret::Secret};
use weald_server::{KEY_VARIABLES, KnownSources, LocalServer};

use crate::environment::Environment;

/// Where Ollama listens unless `OLLAMA_HOST` says otherwise.
const OLLAMA: &str = "127.0.0.1:11434";

/// The variables that are set, and the servers that may run on this computer.
pub(crate) fn known_sources(env: &Environment) -> KnownSources {
    let is_set = |name: &&'static str| env.variable(name).is_some();
    let server = |name: &str, place: &str| LocalServer {
        name: name.to_owned(),
        kind: ProviderKind::OpenaiCompatible,
        base_url: format!("http://{place}/v1"),
    };
    let place = env.variable("OLLAMA_HOST").and_then(on_this_computer);
    let ollama = LocalServer {
        name: "Ollama".to_owned(),
        kind: ProviderKind::Ollama,
        base_url: format!("http://{}", place.as_deref().unwrap_or(OLLAMA)),
    };
    KnownSources {
        variables: KEY_VARIABLES
            .iter()
            .map(|key| key.name)
            .filter(is_set)
            .collect(),
        servers: vec![
            ollama,
            server("LM Studio", "127.0.0.1:1234"),
            server("llama.cpp", "127.0.0.1:8080"),
        ],
    }
}

/// The keys of those variables, as entries of the secret store that providers can refer to.
pub(crate) fn keys_of(env: &Environment) -> BTreeMap<String, Secret> {
    let entry = |key: &weald_server::KeyVariable| {
        let value = env.variable(key.name)?.trim().to_owned();
        Some((key.reference()?.variable(), Secret::new(value)))
    };
    KEY_VARIABLES.iter().filter_map(entry).collect()
}

/// `OLLAMA_HOST` as host and port, when it names this computer: `host`, `host:port`, `:port` or a
/// URL. Elsewhere nothing is knocked at.
fn on_this_computer(value: &str) -> Option<String> {
    let place = value.trim().trim_end_matches('/');
    let place = place.strip_prefix("http://").unwrap_or(place);
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<u16>().ok()?),
        None => (place, 11434),
    };
    // A server that listens everywhere listens here, too.
    matches!(
        host,
        "" | "127.0.0.1" | "localhost" | "0.0.0.0" | "[::1]" | "[::]"
    )
    .then(|| format!("127.0.0.1:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ollama_is_looked_for_where_it_was_told_to_listen_but_only_here() {
        for (value, place) in [
            ("127.0.0.1:9999", Some("127.0.0.1:9999")),
            ("0.0.0.0", Some("127.0.0.1:11434")),
            (":8000", Some("127.0.0.1:8000")),
            ("http://localhost:8000/", Some("127.0.0.1:8000")),
            ("models.example:11434", None),
            ("localhost:many", None),
        ] {
            assert_eq!(on_this_computer(value).as_deref(), place, "{value}");
        }
    }

    #[test]
    fn a_set_variable_is_named_and_its_value_goes_to_the_secret_store_only() {
        let env = Environment::made_of(&[("OPENAI_API_KEY", " sk-1 "), ("XAI_API_KEY", "")]);
        let sources = known_sources(&env);
        assert_eq!(
            sources.variables.iter().collect::<Vec<_>>(),
            [&"OPENAI_API_KEY"]
        );
        assert!(!format!("{sources:?}").contains("sk-1"));
        let keys: Vec<_> = keys_of(&env)
            .into_iter()
            .map(|(name, key)| (name, key.expose().to_owned()))
            .collect();
        let name = "WEALD_SECRET__ENV__OPENAI_API_KEY".to_owned();
        assert_eq!(keys, [(name, "sk-1".to_owned())]);
    }
}
