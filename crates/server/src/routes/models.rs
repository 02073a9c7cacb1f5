//! Models.

mod list;
mod pull;
mod switch;
mod sync;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ServerState;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_models))
        .routes(routes!(pull::pull_model))
        .routes(routes!(switch::switch_model))
        .routes(routes!(sync::sync_models))
}
