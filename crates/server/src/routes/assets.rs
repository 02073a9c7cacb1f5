//! Assets.

mod get;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ServerState;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(get::get_asset))
}
