//! Approvals.

mod answer;
mod get;
mod list;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ServerState;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_approvals))
        .routes(routes!(get::get_approval))
        .routes(routes!(answer::answer_approval))
}
