//! The secret store (MY-08): values live here and nowhere else.

use async_trait::async_trait;

use crate::{
    BoxError,
    secret::{Secret, SecretRef},
};

/// The secret store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// This backend is read only (the environment).
    #[error("the secret store is read only")]
    ReadOnly,
    /// The vault cannot be opened: wrong key, damaged, or wrong file mode.
    #[error("the secret vault cannot be opened: {0}")]
    Locked(String),
    /// The file system failed.
    #[error("the secret store is unreachable")]
    Unavailable(#[source] BoxError),
}

/// Named secret values.
#[async_trait]
pub trait SecretStore: Send + Sync + 'static {
    /// The value of a name; the environment (`WEALD_SECRET__A__B`) wins over the vault.
    async fn get(&self, name: &SecretRef) -> Result<Option<Secret>, SecretError>;
    /// Sets a value durably.
    async fn set(&self, name: &SecretRef, value: Secret) -> Result<(), SecretError>;
    /// Removes a value; `false` when there was none.
    async fn delete(&self, name: &SecretRef) -> Result<bool, SecretError>;
    /// The names, never the values.
    async fn list(&self) -> Result<Vec<SecretRef>, SecretError>;
}
