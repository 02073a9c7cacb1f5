//! Presets.

use weald_domain::slug::Slug;

use super::{Client, ClientError};
use crate::{
    Page,
    preset::{
        Preset, PresetCreateRequest, PresetUpdateRequest, WorkspacePageQuery, WorkspaceQuery,
    },
};

impl Client {
    /// Makes a preset.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_preset(
        &self,
        workspace: WorkspaceQuery,
        request: &PresetCreateRequest,
    ) -> Result<Preset, ClientError> {
        self.post_in("/api/presets/create", &workspace, request)
            .await
    }

    /// The presets of a workspace, by name.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn presets(&self, query: &WorkspacePageQuery) -> Result<Page<Preset>, ClientError> {
        self.get("/api/presets/list", query).await
    }

    /// One preset.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn preset(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
    ) -> Result<Preset, ClientError> {
        self.get(&format!("/api/presets/{id}/get"), &workspace)
            .await
    }

    /// Changes a preset.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_preset(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
        request: &PresetUpdateRequest,
    ) -> Result<Preset, ClientError> {
        self.post_in(&format!("/api/presets/{id}/update"), &workspace, request)
            .await
    }

    /// Deletes a preset.
    ///
    /// # Errors
    /// See [`ClientError`]; `preset_in_use` names the conversations.
    pub async fn delete_preset(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
    ) -> Result<(), ClientError> {
        self.act(&format!("/api/presets/{id}/delete"), &workspace)
            .await
    }
}
