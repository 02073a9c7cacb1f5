//! Sessions.

pub(super) mod events;
mod get;
mod list;
mod status;

use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::{
    access::Access,
    id::SessionId,
    session::{LiveStatus, Session},
};

use crate::{Fault, ServerState, fault::Answer};

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_sessions))
        .routes(routes!(get::get_session))
        .routes(routes!(status::get_session_status))
        .routes(routes!(events::follow_session))
}

/// A session that the reader may see.
async fn visible(
    state: &ServerState,
    access: &Access,
    id: SessionId,
) -> Answer<(Session, Option<LiveStatus>)> {
    let found = state.services().sessions.get(access, id).await?;
    found.ok_or_else(|| Fault::not_found("session"))
}
