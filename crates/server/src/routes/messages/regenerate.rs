//! `POST /api/messages/{id}/regenerate` (WE-02): another answer from the same place.

use axum::{extract::State, response::Response};
use weald_api::{message::RegenerateRequest, run::RunResponse};
use weald_domain::{id::MessageId, session::Transport};

use crate::{
    ServerState,
    auth::Caller,
    extract::{Id, Keyed},
    fault::Answer,
    routes::conversations::{answer_started, run_fault},
};

/// Answer again
///
/// Makes a sibling of the message, also with another preset or model; the old branch stays. Answers
/// as `POST /api/conversations/run` does.
#[utoipa::path(
    post, path = "/api/messages/{id}/regenerate", tag = "messages",
    params(("id" = Uuid, Path, description = "The answer to make again, or the question.")),
    request_body = RegenerateRequest,
    responses(
        (status = 200, body = weald_api::schema::event::EventFrame,
            content_type = "text/event-stream", description = "`transport: sse`: the stream."),
        (status = 202, body = RunResponse, description = "`transport: stream`: it runs."),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`conversation_busy`, with `active_session`."),
    ),
)]
pub(super) async fn regenerate_message(
    State(state): State<ServerState>,
    caller: Caller,
    Id(id): Id<MessageId>,
    request: Keyed<RegenerateRequest>,
) -> Answer<Response> {
    let RegenerateRequest {
        preset_id,
        model_id,
        transport,
    } = request.body;
    let slot = match transport {
        Transport::Sse => Some(state.slots().take(&caller)?),
        Transport::Stream => None,
    };
    let engine = &state.services().engine;
    let started = engine
        .regenerate(
            &caller.access,
            id,
            preset_id,
            model_id,
            transport,
            request.key,
        )
        .await
        .map_err(run_fault)?;
    answer_started(&state, started, slot).await
}
