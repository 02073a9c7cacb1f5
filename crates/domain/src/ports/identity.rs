//! Users, logins and the root token. Tokens are opaque: 32 random bytes, only their SHA-256 stored.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    access::Access,
    id::{LoginId, UserId},
    time::UnixMillis,
};

/// A login before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogin {
    /// Id of the row.
    pub id: LoginId,
    /// Whose it is.
    pub owner_id: UserId,
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// When it ends (7 days).
    pub expires_at: UnixMillis,
    /// For people who look at their logins.
    pub user_agent: Option<String>,
    /// When it was made.
    pub at: UnixMillis,
}

/// Users and their credentials.
#[async_trait]
pub trait Identity: Send + Sync + 'static {
    /// The owner of the deployment: the first user, made at the first start with one workspace.
    async fn owner(&self) -> Result<UserId, StoreError>;
    /// A user with their workspaces; `None` when unknown or not active.
    async fn access(&self, user: UserId) -> Result<Option<Access>, StoreError>;
    /// SHA-256 of the root token, hex; `None` before the first start made one.
    async fn root_token_hash(&self) -> Result<Option<String>, StoreError>;
    /// Keeps the hash of a new root token in place of the old one.
    async fn set_root_token_hash(&self, hash: &str, at: UnixMillis) -> Result<(), StoreError>;
    /// Stores a login, audited.
    async fn create_login(&self, login: NewLogin) -> Result<(), StoreError>;
    /// The user of a login token that has not expired; notes its use at most once a minute.
    async fn login(&self, token_hash: &str, now: UnixMillis) -> Result<Option<UserId>, StoreError>;
    /// Ends a login, audited; `false` when there is none.
    async fn delete_login(&self, token_hash: &str, at: UnixMillis) -> Result<bool, StoreError>;
}
