//! `GET /api/presets/list` (NB-08).

use axum::{Json, extract::State};
use weald_api::{
    Page, PageQuery,
    preset::{Preset, WorkspacePageQuery},
};

use crate::{
    ServerState, checks,
    extract::{Query, Reader},
    fault::Answer,
};

/// The presets of a workspace, by name
#[utoipa::path(
    get, path = "/api/presets/list", tag = "presets", params(WorkspacePageQuery),
    responses(
        (status = 200, body = Page<Preset>, description = "A page of presets."),
        (status = 404, description = "`not_found`: the workspace."),
    ),
)]
pub(super) async fn list_presets(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspacePageQuery>,
) -> Answer<Json<Page<Preset>>> {
    let workspace = checks::readable(&access, query.workspace_id)?;
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let presets = state
        .services()
        .presets
        .list(&access, workspace, page)
        .await?;
    Ok(Json(Page::of(presets)))
}
