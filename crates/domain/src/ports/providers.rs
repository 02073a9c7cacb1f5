//! Providers and models as rows. Reading is for every user, writing for admins (the server checks).

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::{
    id::UserId,
    provider::{Model, Provider, ProviderPatch},
    slug::Slug,
    time::UnixMillis,
};

/// A provider was not written.
#[derive(Debug, thiserror::Error)]
pub enum ProviderWriteError {
    /// The slug is taken (409 `slug_taken`).
    #[error("a provider of that id exists")]
    Taken,
    /// The built-in provider cannot be changed (409 `builtin`).
    #[error("the built-in provider cannot be changed")]
    Builtin,
    /// A preset uses one of its models (409 `provider_in_use`), by preset slug.
    #[error("presets use its models")]
    InUse(Vec<Slug>),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Providers and models as rows.
#[async_trait]
pub trait Providers: Send + Sync + 'static {
    /// Stores a new provider, with its event.
    async fn create(&self, provider: Provider, by: UserId) -> Result<(), ProviderWriteError>;
    /// By display name.
    async fn list(&self, page: PageRequest) -> Result<Page<Provider>, StoreError>;
    /// One provider.
    async fn get(&self, id: &Slug) -> Result<Option<Provider>, StoreError>;
    /// Lays a patch over it, with its event; `None` when there is none. What others change at the
    /// same time stays.
    async fn update(
        &self,
        id: &Slug,
        patch: ProviderPatch,
        by: UserId,
        at: UnixMillis,
    ) -> Result<Option<Provider>, ProviderWriteError>;
    /// Deletes it with its models; `false` when there is none.
    async fn delete(
        &self,
        id: &Slug,
        by: UserId,
        at: UnixMillis,
    ) -> Result<bool, ProviderWriteError>;
    /// Stores models: new ones are added, known ones (provider, provider_model_id) keep their id
    /// and `is_enabled` and take the new name and window. One event.
    async fn put_models(
        &self,
        provider: &Slug,
        models: Vec<Model>,
        by: UserId,
    ) -> Result<(), StoreError>;
    /// Offers a model or not, with its event; `None` when there is none.
    async fn switch_model(
        &self,
        provider: &Slug,
        name: &str,
        is_enabled: bool,
        by: UserId,
        at: UnixMillis,
    ) -> Result<Option<Model>, StoreError>;
    /// The models of one provider or of all, by provider and name.
    async fn models(
        &self,
        provider: Option<&Slug>,
        page: PageRequest,
    ) -> Result<Page<Model>, StoreError>;
    /// One model of a provider by the provider's own name.
    async fn model(&self, provider: &Slug, name: &str) -> Result<Option<Model>, StoreError>;
}
