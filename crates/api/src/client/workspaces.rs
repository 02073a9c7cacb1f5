//! Workspaces and folders.

use weald_domain::id::{FolderId, WorkspaceId};

use super::{Client, ClientError};
use crate::{
    Page, PageQuery,
    folder::{Folder, FolderCreateRequest, FolderUpdateRequest},
    preset::WorkspacePageQuery,
    workspace::{Workspace, WorkspaceCreateRequest, WorkspaceUpdateRequest},
};

impl Client {
    /// Makes a workspace.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_workspace(
        &self,
        request: &WorkspaceCreateRequest,
    ) -> Result<Workspace, ClientError> {
        self.post("/api/workspaces/create", request).await
    }

    /// Workspaces, recently used first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn workspaces(&self, page: &PageQuery) -> Result<Page<Workspace>, ClientError> {
        self.get("/api/workspaces/list", page).await
    }

    /// One workspace.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Workspace, ClientError> {
        self.get(&format!("/api/workspaces/{id}/get"), &()).await
    }

    /// Changes a workspace.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_workspace(
        &self,
        id: WorkspaceId,
        request: &WorkspaceUpdateRequest,
    ) -> Result<Workspace, ClientError> {
        self.post(&format!("/api/workspaces/{id}/update"), request)
            .await
    }

    /// Deletes a workspace with all it holds.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn delete_workspace(&self, id: WorkspaceId) -> Result<(), ClientError> {
        self.act(&format!("/api/workspaces/{id}/delete"), &()).await
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_folder(
        &self,
        request: &FolderCreateRequest,
    ) -> Result<Folder, ClientError> {
        self.post("/api/folders/create", request).await
    }

    /// The folders of a workspace.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn folders(&self, query: &WorkspacePageQuery) -> Result<Page<Folder>, ClientError> {
        self.get("/api/folders/list", query).await
    }

    /// One folder.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn folder(&self, id: FolderId) -> Result<Folder, ClientError> {
        self.get(&format!("/api/folders/{id}/get"), &()).await
    }

    /// Changes a folder.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_folder(
        &self,
        id: FolderId,
        request: &FolderUpdateRequest,
    ) -> Result<Folder, ClientError> {
        self.post(&format!("/api/folders/{id}/update"), request)
            .await
    }

    /// Deletes a folder; what it holds moves to its parent.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn delete_folder(&self, id: FolderId) -> Result<(), ClientError> {
        self.act(&format!("/api/folders/{id}/delete"), &()).await
    }
}
