//! The routes, one folder for each resource and one file for each route. Only dispatch here.

mod approvals;
mod assets;
mod auth;
mod config;
mod conversations;
mod events;
mod folders;
mod health;
mod messages;
mod models;
mod openapi_json;
mod presets;
mod projects;
mod providers;
mod sessions;
mod workspaces;

use axum::{Router, middleware::from_fn_with_state};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    ServerState, auth::gate, detached::detached, idempotency::idempotency, openapi, shell::shell,
    web_app,
};

/// The server's routes, ready to be served.
pub fn router(state: ServerState) -> Router {
    let remembered = remembered().layer(from_fn_with_state(state.clone(), idempotency));
    let (router, document) = keyed().merge(remembered).split_for_parts();
    router
        .merge(openapi_json::routes(&openapi::finish(document)))
        .fallback(web_app::fallback)
        .method_not_allowed_fallback(web_app::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), detached))
        .layer(from_fn_with_state(state.clone(), gate))
        .layer(from_fn_with_state(state.clone(), shell))
        .with_state(state)
}

/// All routes, for their document.
pub(crate) fn collected() -> OpenApiRouter<ServerState> {
    keyed().merge(remembered())
}

/// Routes that keep an `Idempotency-Key` themselves, or never answer a key.
fn keyed() -> OpenApiRouter<ServerState> {
    OpenApiRouter::with_openapi(openapi::empty())
        .merge(conversations::keyed_routes())
        .merge(messages::routes())
        .merge(auth::open_routes())
}

/// Routes whose answers are remembered under an `Idempotency-Key`.
fn remembered() -> OpenApiRouter<ServerState> {
    OpenApiRouter::with_openapi(openapi::empty())
        .merge(approvals::routes())
        .merge(assets::routes())
        .merge(auth::routes())
        .merge(config::routes())
        .merge(conversations::routes())
        .merge(events::routes())
        .merge(folders::routes())
        .merge(health::routes())
        .merge(models::routes())
        .merge(presets::routes())
        .merge(projects::routes())
        .merge(providers::routes())
        .merge(sessions::routes())
        .merge(workspaces::routes())
}
