//! `GET /api/projects/list` (PR-10).

use axum::{Json, extract::State};
use weald_api::{Page, PageQuery, preset::WorkspacePageQuery, project::Project};

use crate::{
    ServerState, checks,
    extract::{Query, Reader},
    fault::Answer,
};

/// The projects of a workspace, in its order
#[utoipa::path(
    get, path = "/api/projects/list", tag = "projects", params(WorkspacePageQuery),
    responses(
        (status = 200, body = Page<Project>, description = "A page of projects."),
        (status = 404, description = "`not_found`: the workspace."),
    ),
)]
pub(super) async fn list_projects(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspacePageQuery>,
) -> Answer<Json<Page<Project>>> {
    let workspace = checks::readable(&access, query.workspace_id)?;
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let projects = state
        .services()
        .projects
        .list(&access, workspace, page)
        .await?;
    Ok(Json(Page::of(projects)))
}
