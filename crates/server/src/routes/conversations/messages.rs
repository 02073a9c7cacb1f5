//! `GET /api/conversations/{id}/messages` (MY-37, MY-38).

use axum::{
    Json,
    extract::State,
    http::HeaderValue,
    response::{IntoResponse, Response},
};
use weald_api::{
    Page,
    message::{FEED_CURSOR_HEADER, MessageItem, MessageListQuery},
};
use weald_domain::{conversation::BranchItem, cursor::Cursor, id::ConversationId};

use super::{live_tail, visible};
use crate::{
    Fault, ServerState,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// The messages of a branch, root first
///
/// The header `Weald-Feed-Cursor` is a cursor of the feed; the messages hold at least everything
/// up to it, also of an answer that is being written. A reader follows the feed from there and
/// drops what a delta's `offset` says it has.
#[utoipa::path(
    get, path = "/api/conversations/{id}/messages", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation."), MessageListQuery),
    responses(
        (status = 200, body = Page<MessageItem>, description = "The branch.",
            headers(("Weald-Feed-Cursor" = String, description = "Where to follow the feed from."))),
        (status = 404, description = "`not_found`: the conversation, or the leaf in it."),
    ),
)]
pub(super) async fn list_messages(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
    Query(query): Query<MessageListQuery>,
) -> Answer<Response> {
    let services = state.services();
    let cursor = services.feed.head().await?;
    let branch = services
        .conversations
        .branch(&access, id, query.leaf)
        .await?;
    let Some(mut branch) = branch else {
        visible(&state, &access, id).await?;
        return Err(Fault::not_found("message"));
    };
    write_live_text(&state, &mut branch).await?;
    let items = branch.into_iter().map(MessageItem::from).collect();
    let mut response = Json(Page { items, next: None }).into_response();
    if let Ok(cursor) = HeaderValue::from_str(&cursor.to_string()) {
        response.headers_mut().insert(FEED_CURSOR_HEADER, cursor);
    }
    Ok(response)
}

/// Writes what the live log holds into the message that is being written, if the branch has one.
async fn write_live_text(state: &ServerState, branch: &mut [BranchItem]) -> Answer<()> {
    let open = branch
        .iter_mut()
        .map(|item| &mut item.message)
        .find(|m| live_tail::is_open(m));
    let Some(message) = open else {
        return Ok(());
    };
    let Some(session) = message.session_id else {
        return Ok(());
    };
    let tail = state.services().live.read(session, Cursor::START).await?;
    live_tail::write(
        message,
        tail.frames
            .iter()
            .map(|frame| frame.envelope().session_event()),
    );
    Ok(())
}
