//! Models.

mod list;
mod sync;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ServerState;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_models))
        .routes(routes!(sync::sync_models))
}
