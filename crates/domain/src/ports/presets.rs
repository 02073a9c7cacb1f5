//! Presets.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::{
    access::Access,
    id::{ConversationId, WorkspaceId},
    preset::{Preset, PresetPatch},
    slug::Slug,
    time::UnixMillis,
};

/// A preset was not written.
#[derive(Debug, thiserror::Error)]
pub enum PresetWriteError {
    /// The slug is taken in this workspace (409 `slug_taken`).
    #[error("a preset of that id exists")]
    Taken,
    /// An active conversation uses it (409 `preset_in_use`).
    #[error("conversations use it")]
    InUse(Vec<ConversationId>),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Presets of the reader's workspaces.
#[async_trait]
pub trait Presets: Send + Sync + 'static {
    /// Stores a new preset, with its event; a default one takes the default from the others.
    async fn create(&self, access: &Access, preset: Preset) -> Result<(), PresetWriteError>;
    /// By name.
    async fn list(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        page: PageRequest,
    ) -> Result<Page<Preset>, StoreError>;
    /// One preset.
    async fn get(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
    ) -> Result<Option<Preset>, StoreError>;
    /// The default preset of a workspace: its own choice, else the one marked default.
    async fn default_of(
        &self,
        access: &Access,
        workspace: WorkspaceId,
    ) -> Result<Option<Preset>, StoreError>;
    /// Lays a patch over it, with its event; `None` when there is none. What others change at the
    /// same time stays.
    async fn update(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        patch: PresetPatch,
        at: UnixMillis,
    ) -> Result<Option<Preset>, PresetWriteError>;
    /// Deletes it; `false` when there is none.
    async fn delete(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        at: UnixMillis,
    ) -> Result<bool, PresetWriteError>;
}
