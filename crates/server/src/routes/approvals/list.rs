//! `GET /api/approvals/list` (WK-013).

use axum::{Json, extract::State};
use weald_api::{
    Page, PageQuery,
    approval::{Approval, ApprovalListQuery},
};

use crate::{
    ServerState,
    extract::{Query, Reader},
    fault::Answer,
};

/// Approvals, newest first
#[utoipa::path(
    get, path = "/api/approvals/list", tag = "approvals", params(ApprovalListQuery),
    responses((status = 200, body = Page<Approval>, description = "A page of approvals.")),
)]
pub(super) async fn list_approvals(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<ApprovalListQuery>,
) -> Answer<Json<Page<Approval>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let approvals = &state.services().approvals;
    let approvals = approvals
        .list(&access, query.state, query.conversation_id, page)
        .await?;
    Ok(Json(Page::of(approvals)))
}
