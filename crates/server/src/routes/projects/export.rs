//! `GET /api/projects/export` (PR-12).

use axum::{Json, extract::State};
use weald_api::{preset::WorkspaceQuery, project::ProjectRegistry};
use weald_domain::ports::PageRequest;

use super::FORM_VERSION;
use crate::{
    ServerState, checks,
    extract::{Query, Reader},
    fault::Answer,
};

/// Projects read at once.
const PAGE: u32 = 200;

/// The projects of a workspace as one document
///
/// `POST /api/projects/import` takes it back, here or in another deployment.
#[utoipa::path(
    get, path = "/api/projects/export", tag = "projects", params(WorkspaceQuery),
    responses(
        (status = 200, body = ProjectRegistry, description = "All projects, in the workspace's order."),
        (status = 404, description = "`not_found`: the workspace."),
    ),
)]
pub(super) async fn export_projects(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspaceQuery>,
) -> Answer<Json<ProjectRegistry>> {
    let workspace = checks::readable(&access, query.workspace_id)?;
    let mut registry = ProjectRegistry {
        version: FORM_VERSION,
        active_project_id: None,
        projects: Vec::new(),
    };
    let mut after = None;
    loop {
        let request = PageRequest { after, limit: PAGE };
        let projects = &state.services().projects;
        let page = projects.list(&access, workspace, request).await?;
        for project in page.items {
            if project.is_active {
                registry.active_project_id = Some(project.id.clone());
            }
            registry.projects.push(project.into());
        }
        after = page.next;
        if after.is_none() {
            return Ok(Json(registry));
        }
    }
}
