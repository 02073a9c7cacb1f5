//! `GET /api/folders/list` (MY-29).

use axum::{Json, extract::State};
use weald_api::{Page, PageQuery, folder::Folder, preset::WorkspacePageQuery};

use crate::{
    ServerState, checks,
    extract::{Query, Reader},
    fault::Answer,
};

/// The folders of a workspace, by position
#[utoipa::path(
    get, path = "/api/folders/list", tag = "folders", params(WorkspacePageQuery),
    responses(
        (status = 200, body = Page<Folder>, description = "A page of folders."),
        (status = 404, description = "`not_found`: the workspace."),
    ),
)]
pub(super) async fn list_folders(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspacePageQuery>,
) -> Answer<Json<Page<Folder>>> {
    let workspace = checks::readable(&access, query.workspace_id)?;
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let folders = state
        .services()
        .folders
        .list(&access, workspace, page)
        .await?;
    Ok(Json(Page::of(folders)))
}
