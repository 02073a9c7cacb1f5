//! `GET /api/workspaces/list` (NB-08).

use axum::{Json, extract::State};
use weald_api::{Page, PageQuery, workspace::Workspace};

use crate::{
    ServerState,
    extract::{Query, Reader},
    fault::Answer,
};

/// Your workspaces, recently used first
#[utoipa::path(
    get, path = "/api/workspaces/list", tag = "workspaces", params(PageQuery),
    responses((status = 200, body = Page<Workspace>, description = "A page of workspaces.")),
)]
pub(super) async fn list_workspaces(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Workspace>>> {
    let workspaces = state
        .services()
        .workspaces
        .list(&access, page.into())
        .await?;
    Ok(Json(Page::of(workspaces)))
}
