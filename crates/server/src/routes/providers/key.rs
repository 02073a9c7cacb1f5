//! The key of a provider: in the secret store, never in a table, never in an answer.

use axum::http::StatusCode;
use weald_domain::{
    ports::SecretError,
    provider::Provider,
    secret::{Secret, SecretRef},
    slug::Slug,
};

use crate::{Fault, ServerState, fault::Answer};

/// Longest key, bytes.
const KEY_MAX: usize = 16 * 1024;

/// Where the key of a provider is kept.
pub(super) fn reference(id: &Slug) -> Answer<SecretRef> {
    let name = format!("secret://provider/{id}");
    name.parse()
        .map_err(|_| Fault::bad("bad_id", "That id cannot name a secret."))
}

/// A key as it was typed, without the blanks of a paste.
pub(super) fn check(key: &str) -> Answer<Secret> {
    let key = key.trim();
    let plain = key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if plain && (1..=KEY_MAX).contains(&key.len()) {
        return Ok(Secret::new(key.to_owned()));
    }
    Err(Fault::bad(
        "bad_api_key",
        "api_key: visible ASCII characters without blanks were expected",
    ))
}

/// The key to call a provider with.
pub(in crate::routes) async fn key_of(
    state: &ServerState,
    provider: &Provider,
) -> Answer<Option<Secret>> {
    match &provider.secret_ref {
        Some(reference) => state
            .services()
            .secrets
            .get(reference)
            .await
            .map_err(secret_fault),
        None => Ok(None),
    }
}

/// Removes a key. One that the environment holds stays there, and nothing refers to it any more.
pub(super) async fn forget(state: &ServerState, reference: &SecretRef) -> Answer<()> {
    match state.services().secrets.delete(reference).await {
        Ok(_) | Err(SecretError::ReadOnly) => Ok(()),
        Err(error) => Err(secret_fault(error)),
    }
}

/// Why the secret store did not answer, on the wire.
pub(super) fn secret_fault(error: SecretError) -> Fault {
    match &error {
        SecretError::ReadOnly => Fault::conflict(
            "secrets_read_only",
            "The secret store is the environment, which cannot be written; set the variable instead.",
        ),
        SecretError::Locked(why) => {
            let detail = format!("The secret vault cannot be opened: {why}.");
            Fault::new(StatusCode::SERVICE_UNAVAILABLE, "secrets_locked", detail)
        }
        SecretError::Unavailable(_) => {
            let detail = "The secret store cannot be reached.";
            Fault::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "secrets_unavailable",
                detail,
            )
            .because(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_key_is_trimmed_and_never_echoed() {
        assert_eq!(check(" sk-1\n").expect("legal").expose(), "sk-1");
        for bad in ["", "a b", "ä", "a\nb"] {
            let fault = check(bad).expect_err("refused");
            assert_eq!(fault.problem().code, "bad_api_key");
            assert!(bad.is_empty() || !fault.problem().detail.contains(bad));
        }
    }
}
