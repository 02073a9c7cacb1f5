//! The root token: the one that `auth.token` names, else one made at the first start.

use sha2::{Digest, Sha256};
use weald_domain::{
    ports::{Clock, Ids, StoreError},
    secret::SecretRef,
};
use weald_store::Store;

use crate::{
    clock::{SystemClock, SystemIds},
    config::Config,
    exit::Exit,
    failure::{Failure, Outcome, chain},
};

/// Takes the token that `auth.token` names; whoever had another has none then.
pub(super) async fn take_named(store: &Store, config: &Config) -> Outcome {
    let Some(reference) = &config.auth.token else {
        return Ok(());
    };
    let token = named(store, reference).await?;
    keep(store, &token).await
}

/// Makes a token where there is none; answers it, and that is the only time it can be shown.
pub(super) async fn make(store: &Store) -> Outcome<Option<String>> {
    let known = store
        .identity()
        .root_token_hash()
        .await
        .map_err(|error| storage(&error))?;
    if known.is_some() {
        return Ok(None);
    }
    let mut random = [0; 32];
    SystemIds::new().fill(&mut random);
    let token = hex::encode(random);
    keep(store, &token).await?;
    Ok(Some(token))
}

async fn named(store: &Store, reference: &str) -> Outcome<String> {
    let missing = |why: String| {
        let what = format!("Weald cannot start: `auth.token` names {reference}, and {why}");
        let variable = reference.parse::<SecretRef>().map(|name| name.variable());
        let variable = variable.unwrap_or_default();
        Failure::new(Exit::Failed, "no_root_token", what).hint(format!(
            "set {variable}, or remove the setting: a token is made then"
        ))
    };
    let name: SecretRef = reference.parse().map_err(|error| missing(chain(&error)))?;
    let secret = store
        .secrets()
        .get(&name)
        .await
        .map_err(|error| missing(chain(&error)))?;
    let secret = secret.ok_or_else(|| missing("there is no such secret".into()))?;
    Ok(secret.expose().trim().to_owned())
}

/// Keeps the hash, when it is another.
async fn keep(store: &Store, token: &str) -> Outcome {
    let identity = store.identity();
    let hash = hex::encode(Sha256::digest(token.as_bytes()));
    let known = identity
        .root_token_hash()
        .await
        .map_err(|error| storage(&error))?;
    if known.as_deref() == Some(hash.as_str()) {
        return Ok(());
    }
    let kept = identity.set_root_token_hash(&hash, SystemClock.now()).await;
    kept.map_err(|error| storage(&error))
}

fn storage(error: &StoreError) -> Failure {
    let what = format!("Weald cannot start: {}", chain(error));
    Failure::new(Exit::Failed, "storage", what).hint("check disk space: `weald doctor`")
}
