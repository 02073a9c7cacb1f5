//! Secret values: the environment, read only, in front of an encrypted file.

mod vault;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use weald_domain::{
    ports::{Ids, SecretError, SecretStore},
    secret::{Secret, SecretRef},
};

use crate::store::SecretsBackend;
use vault::Vault;
pub use vault::VaultError;

/// The prefix of the variables that hold secrets.
const PREFIX: &str = "WEALD_SECRET__";

/// The secret store.
#[derive(Clone)]
pub(crate) struct Secrets {
    environment: Arc<BTreeMap<String, Secret>>,
    vault: Option<Vault>,
}

impl Secrets {
    pub(crate) fn open(
        backend: SecretsBackend,
        environment: BTreeMap<String, Secret>,
        vault: PathBuf,
        machine_key: PathBuf,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, VaultError> {
        let vault = match backend {
            SecretsBackend::File => Some(Vault::open(vault, &machine_key, ids)?),
            SecretsBackend::Environment => None,
        };
        Ok(Self {
            environment: Arc::new(environment),
            vault,
        })
    }
}

/// The reference that a variable holds: `WEALD_SECRET__A__B` is `secret://a/b`.
fn named_by(variable: &str) -> Option<SecretRef> {
    let path = variable.strip_prefix(PREFIX)?.to_ascii_lowercase();
    format!("secret://{}", path.replace("__", "/")).parse().ok()
}

#[async_trait]
impl SecretStore for Secrets {
    async fn get(&self, name: &SecretRef) -> Result<Option<Secret>, SecretError> {
        if let Some(secret) = self.environment.get(&name.variable()) {
            return Ok(Some(secret.clone()));
        }
        match &self.vault {
            Some(vault) => vault.get(name).await,
            None => Ok(None),
        }
    }

    async fn set(&self, name: &SecretRef, value: Secret) -> Result<(), SecretError> {
        match &self.vault {
            Some(vault) if !self.environment.contains_key(&name.variable()) => {
                vault.set(name, value).await
            }
            Some(_) | None => Err(SecretError::ReadOnly),
        }
    }

    async fn delete(&self, name: &SecretRef) -> Result<bool, SecretError> {
        match &self.vault {
            Some(vault) if !self.environment.contains_key(&name.variable()) => {
                vault.delete(name).await
            }
            Some(_) | None => Err(SecretError::ReadOnly),
        }
    }

    async fn list(&self) -> Result<Vec<SecretRef>, SecretError> {
        let mut names = match &self.vault {
            Some(vault) => vault.list().await?,
            None => Vec::new(),
        };
        let variables = self.environment.keys();
        let known: Vec<String> = names.iter().map(SecretRef::variable).collect();
        names.extend(
            variables
                .filter(|variable| !known.contains(variable))
                .filter_map(|variable| named_by(variable)),
        );
        names.sort();
        Ok(names)
    }
}
