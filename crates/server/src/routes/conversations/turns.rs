//! `GET /api/conversations/{id}/turns` (NB-23, NB-38, NB-48).

use axum::{Json, extract::State};
use weald_api::{
    page::Window,
    session::{Turn, TurnListQuery},
};
use weald_domain::{
    access::Access,
    id::ConversationId,
    limits::{PAGE_DEFAULT, PAGE_MAX},
    ports::{PageRequest, SessionFilter, StoreError},
    session::Session,
};

use super::visible;
use crate::{
    ServerState,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// What was said, turn by turn
#[utoipa::path(
    get, path = "/api/conversations/{id}/turns", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation."), TurnListQuery),
    responses(
        (status = 200, body = Window<Turn>, description = "Turns in time order."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn list_turns(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
    Query(query): Query<TurnListQuery>,
) -> Answer<Json<Window<Turn>>> {
    visible(&state, &access, id).await?;
    let filter = SessionFilter {
        conversation_id: Some(id),
        status: None,
        session_type: query.session_type,
    };
    let sessions = all_sessions(&state, &access, &filter).await?;
    let total = sessions.len() as u64;
    let limit = query.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX) as usize;
    let window = sessions
        .into_iter()
        .skip(query.offset.unwrap_or(0) as usize)
        .take(limit);
    let mut items = Vec::new();
    for session in window {
        items.push(turn_of(&state, &access, session).await?);
    }
    Ok(Json(Window { items, total }))
}

async fn all_sessions(
    state: &ServerState,
    access: &Access,
    filter: &SessionFilter,
) -> Result<Vec<Session>, StoreError> {
    let mut all = Vec::new();
    let mut page = PageRequest {
        after: None,
        limit: PAGE_MAX,
    };
    loop {
        let read = state
            .services()
            .sessions
            .list(access, filter.clone(), page)
            .await?;
        all.extend(read.items);
        match read.next {
            Some(next) => {
                page = PageRequest {
                    after: Some(next),
                    limit: PAGE_MAX,
                }
            }
            None => return Ok(all),
        }
    }
}

async fn turn_of(state: &ServerState, access: &Access, session: Session) -> Answer<Turn> {
    let messages = state
        .services()
        .sessions
        .messages(access, session.id)
        .await?;
    let (input, messages): (Vec<_>, Vec<_>) = messages
        .into_iter()
        .partition(|message| message.id == session.input_message_id);
    Ok(Turn {
        session_id: session.id,
        status: session.status,
        end_reason: session.end_reason,
        input_message: input.into_iter().next().map(Into::into),
        messages: messages.into_iter().map(Into::into).collect(),
        usage: session.run_summary,
    })
}
