//! Assets as rows; their bytes are [`super::Blobs`].

use async_trait::async_trait;

use super::StoreError;
use crate::{access::Access, asset::Asset, id::AssetId};

/// Assets as rows. One is made by the append that tells of it ([`super::Write::Asset`]) and goes
/// with its conversation or workspace.
#[async_trait]
pub trait Assets: Send + Sync + 'static {
    /// One asset; `None` when there is none or this access may not read it.
    async fn get(&self, access: &Access, id: AssetId) -> Result<Option<Asset>, StoreError>;
}
