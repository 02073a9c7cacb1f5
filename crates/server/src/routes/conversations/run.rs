//! `POST /api/conversations/run` (NB-30, NB-42, NB-50).

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use weald_api::{
    run::{
        CONVERSATION_HEADER, InputPart, InputPartType, Multitask, OnDisconnect, RunRequest,
        RunResponse, SESSION_HEADER,
    },
    schema::event::EventFrame,
};
use weald_domain::{
    cursor::Cursor,
    limits::PART_TEXT_MAX,
    session::{Transport, stream_key},
};
use weald_engine::{RunError, Started};

use crate::{
    Fault, ServerState,
    auth::Caller,
    checks,
    extract::Keyed,
    fault::Answer,
    idempotency::key_reused,
    sse::{Slot, stream_session},
};

/// Run an agent on an input
///
/// Without `conversation_id` a new conversation is made. The run goes on and commits whether or
/// not anyone listens. With `Idempotency-Key` a repeated request follows the same session again.
#[utoipa::path(
    post, path = "/api/conversations/run", tag = "conversations", request_body = RunRequest,
    responses(
        (status = 200, body = EventFrame, content_type = "text/event-stream",
            description = "`transport: sse`: the stream of the session.",
            headers(
                ("Weald-Session-Id" = Uuid, description = "The session."),
                ("Weald-Conversation-Id" = Uuid, description = "The conversation."),
            )),
        (status = 202, body = RunResponse, description = "`transport: stream`: it runs."),
        (status = 400, description = "`empty_input`, `workspace_and_projects`, `bad_script`, …"),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`conversation_busy`, with `active_session`."),
        (status = 413, description = "`part_too_large` or `too_large`."),
        (status = 422, description = "`not_available` or `key_reused`."),
        (status = 429, description = "`too_many_streams`."),
        (status = 503, description = "`draining`."),
    ),
)]
pub(super) async fn run_conversation(
    State(state): State<ServerState>,
    caller: Caller,
    request: Keyed<RunRequest>,
) -> Answer<Response> {
    let mut run = engine_request(request.body)?;
    run.key = request.key;
    let slot = match run.transport {
        Transport::Sse => Some(state.slots().take(&caller)?),
        Transport::Stream => None,
    };
    let engine = &state.services().engine;
    let started = engine.run(&caller.access, run).await.map_err(run_fault)?;
    answer_started(&state, started, slot).await
}

/// Answers a begun session: its stream when there is a place for one, else that it runs.
pub(in crate::routes) async fn answer_started(
    state: &ServerState,
    started: Started,
    slot: Option<Slot>,
) -> Answer<Response> {
    let Started {
        session_id,
        conversation_id,
        ..
    } = started;
    let mut response = match slot {
        Some(slot) => stream_session(state, session_id, Cursor::START, slot).await?,
        None => {
            let stream_key = stream_key(session_id);
            let body = RunResponse {
                session_id,
                conversation_id,
                stream_key,
            };
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
    };
    let ids = [
        (SESSION_HEADER, session_id.to_string()),
        (CONVERSATION_HEADER, conversation_id.to_string()),
    ];
    for (name, id) in ids {
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(name, id);
        }
    }
    Ok(response)
}

/// Why a run did not begin, on the wire.
pub(in crate::routes) fn run_fault(error: RunError) -> Fault {
    match error {
        RunError::Busy(active) => {
            let detail = "A session is active in this conversation.";
            let active = serde_json::to_value(&active).unwrap_or_default();
            Fault::conflict("conversation_busy", detail).with("active_session", active)
        }
        RunError::NotFound(what) => Fault::not_found(what),
        RunError::Invalid {
            code: "part_too_large",
            detail,
        } => Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "part_too_large", detail)
            .with("limit", PART_TEXT_MAX),
        RunError::Invalid { code, detail } => Fault::bad(code, detail),
        RunError::KeyReused => key_reused(),
        RunError::Draining => {
            let detail = "Weald is stopping and takes no new work.";
            Fault::new(StatusCode::SERVICE_UNAVAILABLE, "draining", detail)
        }
        RunError::Store(error) => error.into(),
    }
}

fn engine_request(body: RunRequest) -> Answer<weald_engine::RunRequest> {
    unavailable(&body)?;
    if body.workspace_id.is_some() && body.project_ids.is_some() {
        let detail = "Give `workspace_id` or `project_ids`, not both.";
        return Err(Fault::bad("workspace_and_projects", detail));
    }
    if let Some(metadata) = &body.metadata {
        checks::metadata(metadata)?;
        if body.conversation_id.is_some() {
            let detail = "`metadata` is for a new conversation; update the conversation instead.";
            return Err(Fault::bad("metadata_of_existing", detail));
        }
    }
    Ok(weald_engine::RunRequest {
        conversation_id: body.conversation_id,
        workspace_id: body.workspace_id,
        preset_id: body.preset_id,
        project_ids: body.project_ids,
        metadata: body.metadata,
        config_override: body.config_override,
        input: texts(body.input.unwrap_or_default())?,
        parent_message_id: body.parent_message_id,
        transport: body.transport,
        key: None,
    })
}

/// The members that this release does not know to serve.
fn unavailable(body: &RunRequest) -> Answer<()> {
    let asked = [
        ("multitask", body.multitask != Multitask::Reject),
        (
            "on_disconnect",
            body.on_disconnect != OnDisconnect::Continue,
        ),
        ("deferred", body.deferred),
        ("user_interactions", body.user_interactions.is_some()),
        ("tool_results", body.tool_results.is_some()),
    ];
    match asked.iter().find(|(_, asked)| *asked) {
        Some((member, _)) => Err(Fault::not_available(member)),
        None => Ok(()),
    }
}

/// The texts of an input; at least one that is not blank.
fn texts(input: Vec<InputPart>) -> Answer<Vec<String>> {
    let mut texts = Vec::with_capacity(input.len());
    for (at, part) in input.into_iter().enumerate() {
        match (part.kind, part.text) {
            (InputPartType::Text, Some(text)) => texts.push(text),
            (InputPartType::Text, None) => {
                return Err(Fault::bad(
                    "bad_request",
                    format!("input[{at}]: missing field `text`"),
                ));
            }
            (InputPartType::Url | InputPartType::File | InputPartType::Binary, _) => {
                return Err(Fault::not_available(&format!("input[{at}].type")));
            }
        }
    }
    if texts.iter().all(|text| text.trim().is_empty()) {
        return Err(Fault::bad("empty_input", "The input has no text."));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn refused(body: Value) -> (u16, String) {
        let body = serde_json::from_value(body).expect("a request");
        let fault = engine_request(body).expect_err("it was taken");
        (fault.problem().status, fault.problem().code.clone())
    }

    fn hello() -> Value {
        json!([{"type": "text", "text": "hello"}])
    }

    #[test]
    fn what_this_release_cannot_do_is_said() {
        for more in [
            json!({"multitask": "steer"}),
            json!({"on_disconnect": "cancel"}),
            json!({"deferred": true}),
            json!({"user_interactions": []}),
            json!({"tool_results": []}),
            json!({"input": [{"type": "url", "url": "https://example.org"}]}),
        ] {
            let mut body = json!({"input": hello()});
            for (name, value) in more.as_object().expect("an object") {
                body[name] = value.clone();
            }
            assert_eq!(
                refused(body.clone()),
                (422, "not_available".into()),
                "{body}"
            );
        }
    }

    #[test]
    fn an_input_without_text_is_empty() {
        for input in [
            json!(null),
            json!([]),
            json!([{"type": "text", "text": " \n"}]),
        ] {
            assert_eq!(
                refused(json!({"input": input})),
                (400, "empty_input".into())
            );
        }
        assert_eq!(
            refused(json!({"input": [{"type": "text"}]})),
            (400, "bad_request".into())
        );
    }

    #[test]
    fn a_workspace_and_projects_exclude_each_other() {
        let body = json!({
            "input": hello(),
            "workspace_id": "0190b0f0-0000-7000-8000-000000000001",
            "project_ids": [],
        });
        assert_eq!(refused(body), (400, "workspace_and_projects".into()));
    }
}
