//! Workspaces.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::{
    access::Access,
    id::WorkspaceId,
    session::ActiveSession,
    time::UnixMillis,
    workspace::{Workspace, WorkspacePatch},
};

/// A workspace was not written.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceWriteError {
    /// The slug is taken (409 `slug_taken`).
    #[error("a workspace of that slug exists")]
    Taken,
    /// A session is active in it (409 `workspace_busy`).
    #[error("a session is active in it")]
    Busy(ActiveSession),
    /// It is the writer's last one (409 `last_workspace`).
    #[error("a user's last workspace cannot be deleted")]
    Last,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Workspaces of the reader.
#[async_trait]
pub trait Workspaces: Send + Sync + 'static {
    /// Stores a new workspace with its maker as owner and a default preset that uses the built-in
    /// planner, with its event.
    async fn create(
        &self,
        access: &Access,
        workspace: Workspace,
    ) -> Result<(), WorkspaceWriteError>;
    /// Recently used first.
    async fn list(&self, access: &Access, page: PageRequest)
    -> Result<Page<Workspace>, StoreError>;
    /// One workspace.
    async fn get(&self, access: &Access, id: WorkspaceId) -> Result<Option<Workspace>, StoreError>;
    /// Changes it; `None` when the writer may not.
    async fn update(
        &self,
        access: &Access,
        id: WorkspaceId,
        patch: WorkspacePatch,
        at: UnixMillis,
    ) -> Result<Option<Workspace>, StoreError>;
    /// Deletes it with all it holds; owners only. `false` when the writer may not.
    async fn delete(
        &self,
        access: &Access,
        id: WorkspaceId,
        at: UnixMillis,
    ) -> Result<bool, WorkspaceWriteError>;
}
