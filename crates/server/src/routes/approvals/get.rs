//! `GET /api/approvals/{id}/get` (WK-013).

use axum::{Json, extract::State};
use weald_api::approval::Approval;
use weald_domain::id::ApprovalId;

use crate::{
    Fault, ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// One approval
#[utoipa::path(
    get, path = "/api/approvals/{id}/get", tag = "approvals",
    params(("id" = Uuid, Path, description = "The approval.")),
    responses(
        (status = 200, body = Approval, description = "The approval."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_approval(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ApprovalId>,
) -> Answer<Json<Approval>> {
    let approval = state.services().approvals.get(&access, id).await?;
    approval
        .map(|found| Json(found.into()))
        .ok_or_else(|| Fault::not_found("approval"))
}
