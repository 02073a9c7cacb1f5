//! `GET /api/sessions/list` (NB-24).

use axum::{Json, extract::State};
use weald_api::{
    Page, PageQuery,
    session::{Session, SessionListQuery},
};
use weald_domain::ports::SessionFilter;

use crate::{
    ServerState,
    extract::{Query, Reader},
    fault::Answer,
};

/// Sessions in time order
#[utoipa::path(
    get, path = "/api/sessions/list", tag = "sessions", params(SessionListQuery),
    responses((status = 200, body = Page<Session>, description = "A page of sessions.")),
)]
pub(super) async fn list_sessions(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<SessionListQuery>,
) -> Answer<Json<Page<Session>>> {
    let filter = SessionFilter {
        conversation_id: query.conversation_id,
        status: query.status,
        session_type: query.session_type,
    };
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let sessions = state
        .services()
        .sessions
        .list(&access, filter, page)
        .await?;
    Ok(Json(Page::of(sessions)))
}
