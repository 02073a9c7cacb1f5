//! `POST /api/approvals/{id}/answer` (WK-013): the first answer wins.

use axum::{Json, extract::State};
use weald_api::approval::{Approval, ApprovalAnswerRequest, ApprovalDecision};
use weald_domain::id::ApprovalId;
use weald_engine::AnswerApprovalError;

use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Reader},
    fault::Answer,
};

/// Longest reason, bytes.
const REASON_MAX: usize = 4096;

/// Answer an approval
///
/// The parked session goes on. `lifetime` belongs to `approve`, `once` by default.
#[utoipa::path(
    post, path = "/api/approvals/{id}/answer", tag = "approvals",
    params(("id" = Uuid, Path, description = "The approval.")),
    request_body = ApprovalAnswerRequest,
    responses(
        (status = 200, body = Approval, description = "The approval as it was answered."),
        (status = 400, description = "`bad_lifetime`: not offered, or given with `deny`."),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`approval_answered`, with `approval`: who answered and how."),
        (status = 422, description = "`not_available`: `edited_args`."),
    ),
)]
pub(super) async fn answer_approval(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ApprovalId>,
    Body(request): Body<ApprovalAnswerRequest>,
) -> Answer<Json<Approval>> {
    check(&request)?;
    let found = state.services().approvals.get(&access, id).await?;
    let found = found.ok_or_else(|| Fault::not_found("approval"))?;
    if !access.may_write(found.workspace_id) {
        return Err(checks::read_only());
    }
    let engine = &state.services().engine;
    let decision = request.decision.into();
    match engine
        .answer(&access, id, decision, request.lifetime, request.reason)
        .await
    {
        Ok(approval) => Ok(Json(approval.into())),
        Err(error) => Err(answer_fault(error)),
    }
}

fn check(request: &ApprovalAnswerRequest) -> Answer<()> {
    if request.edited_args.is_some() {
        return Err(Fault::not_available("edited_args"));
    }
    if request.decision == ApprovalDecision::Deny && request.lifetime.is_some() {
        return Err(Fault::bad("bad_lifetime", "lifetime: belongs to `approve`"));
    }
    checks::text(
        "reason",
        request.reason.as_deref().unwrap_or(""),
        REASON_MAX,
    )
}

fn answer_fault(error: AnswerApprovalError) -> Fault {
    match error {
        AnswerApprovalError::NotFound => Fault::not_found("approval"),
        AnswerApprovalError::Lifetime => {
            Fault::bad("bad_lifetime", "lifetime: this approval does not offer it")
        }
        AnswerApprovalError::Answered(approval) => {
            let detail = "Somebody answered first, or the approval expired.";
            let approval = serde_json::to_value(Approval::from(*approval)).unwrap_or_default();
            Fault::conflict("approval_answered", detail).with("approval", approval)
        }
        AnswerApprovalError::Store(error) => error.into(),
    }
}
