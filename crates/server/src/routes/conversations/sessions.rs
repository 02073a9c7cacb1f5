//! `GET /api/conversations/{id}/sessions` (NB-49).

use axum::{Json, extract::State};
use weald_api::{Page, PageQuery, session::Session};
use weald_domain::{id::ConversationId, ports::SessionFilter};

use super::visible;
use crate::{
    ServerState,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// The sessions of a conversation in time order
#[utoipa::path(
    get, path = "/api/conversations/{id}/sessions", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation."), PageQuery),
    responses(
        (status = 200, body = Page<Session>, description = "A page of sessions."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn list_conversation_sessions(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Session>>> {
    visible(&state, &access, id).await?;
    let filter = SessionFilter {
        conversation_id: Some(id),
        ..SessionFilter::default()
    };
    let sessions = state
        .services()
        .sessions
        .list(&access, filter, page.into())
        .await?;
    Ok(Json(Page::of(sessions)))
}
