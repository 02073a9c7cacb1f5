//! `Idempotency-Key`: the same key and body answers the first response again.

use async_trait::async_trait;
use bytes::Bytes;

use super::StoreError;
use crate::{id::UserId, time::UnixMillis};

/// A response kept under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: u16,
    /// Body, JSON.
    pub body: Bytes,
}

/// What a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// It is new and now reserved.
    New,
    /// The first request is still running, or died without an answer (409).
    Running,
    /// The first response.
    Done(StoredResponse),
    /// The key was used with another body (422).
    OtherRequest,
}

/// Remembered request keys, for 24 hours.
#[async_trait]
pub trait RequestKeys: Send + Sync + 'static {
    /// Reserves a key for a request.
    async fn reserve(
        &self,
        owner: UserId,
        key: &str,
        request_hash: &str,
        now: UnixMillis,
    ) -> Result<KeyState, StoreError>;
    /// Keeps the response of a reserved key.
    async fn complete(
        &self,
        owner: UserId,
        key: &str,
        response: StoredResponse,
    ) -> Result<(), StoreError>;
    /// Frees a reserved key whose request was not carried out (a 4xx or 5xx answer).
    async fn release(&self, owner: UserId, key: &str) -> Result<(), StoreError>;
}
