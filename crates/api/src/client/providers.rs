//! Providers and models.

use serde_json::Map;
use weald_domain::slug::Slug;

use super::{Client, ClientError};
use crate::{
    Page, PageQuery,
    provider::{
        Model, ModelListQuery, ModelSyncResponse, Provider, ProviderCreateRequest,
        ProviderTestResponse, ProviderUpdateRequest, ProviderUpdateResponse,
    },
};

impl Client {
    /// Connects a model source.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_provider(
        &self,
        request: &ProviderCreateRequest,
    ) -> Result<Provider, ClientError> {
        self.post("/api/providers/create", request).await
    }

    /// Providers, by name.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn providers(&self, page: &PageQuery) -> Result<Page<Provider>, ClientError> {
        self.get("/api/providers/list", page).await
    }

    /// One provider.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn provider(&self, id: &Slug) -> Result<Provider, ClientError> {
        self.get(&format!("/api/providers/{id}/get"), &()).await
    }

    /// Changes a provider.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_provider(
        &self,
        id: &Slug,
        request: &ProviderUpdateRequest,
    ) -> Result<ProviderUpdateResponse, ClientError> {
        self.post(&format!("/api/providers/{id}/update"), request)
            .await
    }

    /// Removes a provider with its models and its key.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn delete_provider(&self, id: &Slug) -> Result<(), ClientError> {
        self.act(&format!("/api/providers/{id}/delete"), &()).await
    }

    /// Whether a provider answers.
    ///
    /// # Errors
    /// See [`ClientError`]; a provider that does not answer is none.
    pub async fn test_provider(&self, id: &Slug) -> Result<ProviderTestResponse, ClientError> {
        self.post(&format!("/api/providers/{id}/test"), &Map::new())
            .await
    }

    /// Asks a provider for its models.
    ///
    /// # Errors
    /// See [`ClientError`]; `provider_failed` when it does not answer.
    pub async fn sync_models(&self, id: &Slug) -> Result<ModelSyncResponse, ClientError> {
        self.post(&format!("/api/providers/{id}/models/sync"), &Map::new())
            .await
    }

    /// Models, by provider and name.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn models(&self, query: &ModelListQuery) -> Result<Page<Model>, ClientError> {
        self.get("/api/models/list", query).await
    }
}
