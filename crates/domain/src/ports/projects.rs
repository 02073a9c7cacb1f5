//! Projects (PR-09 … PR-12).

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::{
    access::Access,
    id::WorkspaceId,
    project::{Project, ProjectPatch},
    slug::Slug,
    time::UnixMillis,
};

/// A project was not written.
#[derive(Debug, thiserror::Error)]
pub enum ProjectWriteError {
    /// The slug is taken in this workspace (409 `slug_taken`).
    #[error("a project of that id exists")]
    Taken,
    /// The root directory is a project of this workspace already (409 `root_taken`).
    #[error("project `{0}` has that root directory")]
    RootTaken(Slug),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Projects of the reader's workspaces.
#[async_trait]
pub trait Projects: Send + Sync + 'static {
    /// Stores a new project at the end of its workspace's list, with its event; the first one
    /// added becomes active.
    async fn create(&self, access: &Access, project: Project)
    -> Result<Project, ProjectWriteError>;
    /// In the workspace's order.
    async fn list(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        page: PageRequest,
    ) -> Result<Page<Project>, StoreError>;
    /// One project.
    async fn get(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
    ) -> Result<Option<Project>, StoreError>;
    /// Changes it; `None` when there is none.
    async fn update(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        patch: ProjectPatch,
        at: UnixMillis,
    ) -> Result<Option<Project>, StoreError>;
    /// Makes it the active one; `false` when there is none.
    async fn select(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        at: UnixMillis,
    ) -> Result<bool, StoreError>;
    /// Removes the row, never the directory; removing the active one selects the oldest left.
    async fn delete(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        id: &Slug,
        at: UnixMillis,
    ) -> Result<bool, StoreError>;
}
