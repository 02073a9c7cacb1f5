//! `GET /api/conversations/list` (NB-08), also as `GET /api/conversations`.

use axum::{Json, extract::State};
use serde_json::Value;
use weald_api::{
    Page, PageQuery,
    conversation::{ConversationListQuery, ConversationResponse},
};
use weald_domain::ports::ConversationFilter;

use crate::{
    Fault, ServerState, checks,
    extract::{Query, Reader},
    fault::Answer,
};

/// Conversations, last activity first
#[utoipa::path(
    get, path = "/api/conversations/list", tag = "conversations", params(ConversationListQuery),
    responses(
        (status = 200, body = Page<ConversationResponse>, description = "A page of conversations."),
    ),
)]
pub(super) async fn list_conversations(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<ConversationListQuery>,
) -> Answer<Json<Page<ConversationResponse>>> {
    if query.workspace_id.is_some() {
        checks::readable(&access, query.workspace_id)?;
    }
    let filter = ConversationFilter {
        workspace_id: query.workspace_id,
        folder_id: query.folder_id,
        status: query.status,
        metadata: query.metadata.as_deref().map(metadata).transpose()?,
    };
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let conversations = state
        .services()
        .conversations
        .list(&access, &filter, page)
        .await?;
    Ok(Json(Page::of(conversations)))
}

fn metadata(text: &str) -> Answer<Value> {
    let object = serde_json::from_str(text).ok().filter(Value::is_object);
    object.ok_or_else(|| Fault::bad("bad_request", "query: metadata: a JSON object was expected"))
}
