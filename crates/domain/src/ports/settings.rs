//! Settings of a user: `app.*` and `chat.*`; the config file gives the default (WK-048).

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::StoreError;
use crate::{id::UserId, time::UnixMillis};

/// Settings stored per user.
#[async_trait]
pub trait Settings: Send + Sync + 'static {
    /// What the user has set, by dotted key (`app.theme`).
    async fn get(&self, user: UserId) -> Result<Map<String, Value>, StoreError>;
    /// Sets keys, a null removes its key, with its event; answers what is set then.
    async fn update(
        &self,
        user: UserId,
        patch: Map<String, Value>,
        at: UnixMillis,
    ) -> Result<Map<String, Value>, StoreError>;
}
