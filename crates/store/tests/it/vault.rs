//! The vault and its machine key.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use tempfile::TempDir;
use weald_domain::{
    ports::{SecretError, SecretStore},
    secret::{Secret, SecretRef},
};
use weald_store::{OpenError, SecretsBackend, Store, StoreConfig, VaultError};
use weald_testkit::clock::{FakeClock, TestIds};

use crate::fresh::{config, open, try_open};

fn name(text: &str) -> SecretRef {
    text.parse().expect("a reference")
}

async fn value(secrets: &Arc<dyn SecretStore>, of: &str) -> Option<String> {
    let secret = secrets.get(&name(of)).await.expect("reads");
    secret.map(|secret| secret.expose().to_owned())
}

async fn with_vault(folder: &Path) {
    let store = open(folder, &FakeClock::default()).await;
    let value = Secret::new("kept".into());
    store
        .secrets()
        .set(&name("secret://a/b"), value)
        .await
        .expect("stores");
    store.close().await;
}

async fn refused(folder: &Path) -> VaultError {
    match try_open(folder, &FakeClock::default()).await.err() {
        Some(OpenError::Vault(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_vault_reads_back_after_a_restart() {
    let folder = TempDir::new().expect("a folder");
    with_vault(folder.path()).await;
    let store = open(folder.path(), &FakeClock::default()).await;
    assert_eq!(
        value(&store.secrets(), "secret://a/b").await.as_deref(),
        Some("kept")
    );
}

#[tokio::test]
async fn a_machine_key_or_vault_that_others_may_read_is_refused() {
    let folder = TempDir::new().expect("a folder");
    with_vault(folder.path()).await;
    for file in ["config/secrets.key", "data/secrets.vault"] {
        let file = folder.path().join(file);
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("sets");
        let error = refused(folder.path()).await;
        assert!(
            matches!(error, VaultError::Open { mode: 0o640, .. }),
            "{error}"
        );
        let hint = format!("`chmod 600 {}`", file.display());
        assert!(error.to_string().contains(&hint), "{error}");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("sets");
    }
    open(folder.path(), &FakeClock::default()).await;
}

#[tokio::test]
async fn another_or_a_lost_key_never_opens_the_vault_nor_replaces_it() {
    let folder = TempDir::new().expect("a folder");
    with_vault(folder.path()).await;
    let key = folder.path().join("config/secrets.key");
    let good = std::fs::read(&key).expect("reads");
    std::fs::write(&key, [7; 32]).expect("writes");
    assert!(matches!(
        refused(folder.path()).await,
        VaultError::Locked { .. }
    ));
    std::fs::write(&key, [7; 31]).expect("writes");
    assert!(matches!(
        refused(folder.path()).await,
        VaultError::BadKey { .. }
    ));
    std::fs::remove_file(&key).expect("removes");
    assert!(matches!(
        refused(folder.path()).await,
        VaultError::Locked { .. }
    ));
    std::fs::write(&key, good).expect("writes");
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).expect("sets");
    let store = open(folder.path(), &FakeClock::default()).await;
    assert_eq!(
        value(&store.secrets(), "secret://a/b").await.as_deref(),
        Some("kept")
    );
}

#[tokio::test]
async fn a_changed_vault_is_refused() {
    let folder = TempDir::new().expect("a folder");
    with_vault(folder.path()).await;
    let path = folder.path().join("data/secrets.vault");
    let good = std::fs::read(&path).expect("reads");
    for at in [0, 15, 20, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).expect("writes");
        assert!(matches!(
            refused(folder.path()).await,
            VaultError::Locked { .. }
        ));
    }
}

async fn opened_with(folder: &Path, backend: SecretsBackend) -> Store {
    let variables = [
        ("WEALD_SECRET__A__B", "from outside"),
        ("WEALD_SECRET__C", "c"),
    ];
    let config = StoreConfig {
        secrets: backend,
        environment: variables
            .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        ..config(folder)
    };
    let clock = Arc::new(FakeClock::default());
    let ids = Arc::new(TestIds::seeded(77));
    Store::open(config, clock, ids).await.expect("opens")
}

#[tokio::test]
async fn the_environment_wins_and_is_read_only() {
    let folder = TempDir::new().expect("a folder");
    with_vault(folder.path()).await;
    let store = opened_with(folder.path(), SecretsBackend::File).await;
    let secrets = store.secrets();
    assert_eq!(
        value(&secrets, "secret://a/b").await.as_deref(),
        Some("from outside")
    );
    let names = secrets.list().await.expect("reads");
    assert_eq!(names, [name("secret://a/b"), name("secret://c")]);
    let set = secrets
        .set(&name("secret://c"), Secret::new("x".into()))
        .await;
    assert!(matches!(set, Err(SecretError::ReadOnly)), "{set:?}");
    let deleted = secrets.delete(&name("secret://a/b")).await;
    assert!(matches!(deleted, Err(SecretError::ReadOnly)), "{deleted:?}");
}

#[tokio::test]
async fn without_a_vault_nothing_is_written() {
    let folder = TempDir::new().expect("a folder");
    let store = opened_with(folder.path(), SecretsBackend::Environment).await;
    let secrets = store.secrets();
    assert_eq!(value(&secrets, "secret://c").await.as_deref(), Some("c"));
    let set = secrets
        .set(&name("secret://d"), Secret::new("x".into()))
        .await;
    assert!(matches!(set, Err(SecretError::ReadOnly)), "{set:?}");
    assert!(!folder.path().join("config/secrets.key").exists());
}
