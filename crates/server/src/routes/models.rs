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
        .routes(routes!(switch::switch_model))
        .routes(routes!(sync::sync_models))
}

/// A stream is read as it comes: no key could answer it again.
pub(super) fn streamed_routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(pull::pull_model))
}
