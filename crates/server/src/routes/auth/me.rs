//! `GET /api/auth/me`.

use axum::Json;
use weald_api::auth::{MeResponse, Membership};

use crate::auth::Caller;

/// The user of this request
#[utoipa::path(
    get, path = "/api/auth/me", tag = "auth",
    responses((status = 200, body = MeResponse, description = "The user and their workspaces.")),
)]
pub(super) async fn get_me(caller: Caller) -> Json<MeResponse> {
    Json(describe(&caller))
}

/// What a caller may know of themselves.
pub(super) fn describe(caller: &Caller) -> MeResponse {
    let access = &caller.access;
    let member = |(id, role): (&_, &_)| Membership {
        workspace_id: *id,
        role: *role,
    };
    MeResponse {
        user_id: access.user_id,
        role: access.role,
        credential: caller.credential.kind(),
        default_workspace_id: access.default_workspace(),
        workspaces: access.workspaces.iter().map(member).collect(),
    }
}
