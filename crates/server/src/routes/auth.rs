//! Who asks.

mod link;
mod logout;
mod me;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ServerState;

pub(super) fn open_routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(link::link_login))
}

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(logout::logout))
        .routes(routes!(me::get_me))
}
