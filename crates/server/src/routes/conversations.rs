//! Conversations.

mod delete;
mod events;
mod get;
mod interrupt;
mod list;
mod live_tail;
mod messages;
mod run;
mod sessions;
mod settings;
mod turns;
mod update;

use axum::routing::get;
use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::{access::Access, conversation::ConversationEntry, id::ConversationId};

pub(super) use run::{answer_started, run_fault};

use crate::{Fault, ServerState, fault::Answer};

pub(super) fn keyed_routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(run::run_conversation))
}

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_conversations))
        .route("/api/conversations", get(list::list_conversations))
        .routes(routes!(get::get_conversation))
        .routes(routes!(update::update_conversation))
        .routes(routes!(settings::change_conversation_settings))
        .routes(routes!(delete::delete_conversation))
        .routes(routes!(messages::list_messages))
        .routes(routes!(turns::list_turns))
        .routes(routes!(sessions::list_conversation_sessions))
        .routes(routes!(events::follow_conversation))
        .routes(routes!(interrupt::interrupt_conversation))
}

/// A conversation that the reader may see.
async fn visible(
    state: &ServerState,
    access: &Access,
    id: ConversationId,
) -> Answer<ConversationEntry> {
    let found = state.services().conversations.get(access, id).await?;
    found.ok_or_else(|| Fault::not_found("conversation"))
}

/// A conversation that the writer may change.
async fn changeable(
    state: &ServerState,
    access: &Access,
    id: ConversationId,
) -> Answer<ConversationEntry> {
    let found = visible(state, access, id).await?;
    if access.may_write(found.conversation.workspace_id) {
        Ok(found)
    } else {
        Err(crate::checks::read_only())
    }
}
