//! Projects (PR-09 … PR-12).

use weald_domain::slug::Slug;

use super::{Client, ClientError};
use crate::{
    Page,
    preset::{WorkspacePageQuery, WorkspaceQuery},
    project::{
        Project, ProjectCreateRequest, ProjectImportResponse, ProjectRegistry, ProjectUpdateRequest,
    },
};

impl Client {
    /// Adds a project.
    ///
    /// # Errors
    /// See [`ClientError`]; `root_taken` names the project that has the directory.
    pub async fn create_project(
        &self,
        workspace: WorkspaceQuery,
        request: &ProjectCreateRequest,
    ) -> Result<Project, ClientError> {
        self.post_in("/api/projects/create", &workspace, request)
            .await
    }

    /// The projects of a workspace, in its order.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn projects(&self, query: &WorkspacePageQuery) -> Result<Page<Project>, ClientError> {
        self.get("/api/projects/list", query).await
    }

    /// One project.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn project(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
    ) -> Result<Project, ClientError> {
        self.get(&format!("/api/projects/{id}/get"), &workspace)
            .await
    }

    /// Changes a project.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_project(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
        request: &ProjectUpdateRequest,
    ) -> Result<Project, ClientError> {
        self.post_in(&format!("/api/projects/{id}/update"), &workspace, request)
            .await
    }

    /// Makes a project the active one.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn select_project(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
    ) -> Result<(), ClientError> {
        self.act(&format!("/api/projects/{id}/select"), &workspace)
            .await
    }

    /// Removes a project; its directory stays.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn delete_project(
        &self,
        workspace: WorkspaceQuery,
        id: &Slug,
    ) -> Result<(), ClientError> {
        self.act(&format!("/api/projects/{id}/delete"), &workspace)
            .await
    }

    /// The projects of a workspace as one document.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn export_projects(
        &self,
        workspace: WorkspaceQuery,
    ) -> Result<ProjectRegistry, ClientError> {
        self.get("/api/projects/export", &workspace).await
    }

    /// Adds the projects of such a document.
    ///
    /// # Errors
    /// See [`ClientError`]; a project that is refused is no error of the call.
    pub async fn import_projects(
        &self,
        workspace: WorkspaceQuery,
        registry: &ProjectRegistry,
    ) -> Result<ProjectImportResponse, ClientError> {
        self.post_in("/api/projects/import", &workspace, registry)
            .await
    }
}
