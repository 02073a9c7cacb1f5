//! Bytes by name: assets and event payloads above the inline limit.

use async_trait::async_trait;
use bytes::Bytes;

use super::StoreError;

/// A store of bytes. A name is a relative path of plain segments; anything else is refused.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Stores bytes durably under a name before it returns; the same name is replaced whole.
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError>;
    /// The bytes; `None` when there are none of that name.
    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError>;
    /// Removes them; harmless when there are none.
    async fn delete(&self, name: &str) -> Result<(), StoreError>;
}
