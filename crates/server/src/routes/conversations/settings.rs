//! `POST /api/conversations/{id}/settings` (NB-47).

use axum::{Json, extract::State};
use weald_api::conversation::{Conversation, ConversationSettingsRequest};
use weald_domain::{
    conversation::{ConversationPatch, OutputMode, SettingsPatch},
    id::ConversationId,
    limits::PART_TEXT_MAX,
    model::ModelRef,
};

use super::changeable;
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Reader},
    fault::Answer,
};

/// Change the settings of a conversation
#[utoipa::path(
    post, path = "/api/conversations/{id}/settings", tag = "conversations",
    params(("id" = Uuid, Path, description = "The conversation.")),
    request_body = ConversationSettingsRequest,
    responses(
        (status = 200, body = Conversation, description = "The conversation as it is now."),
        (status = 400, description = "`bad_model` or `text_too_long`."),
        (status = 404, description = "`not_found`."),
        (status = 422, description = "`not_available`."),
    ),
)]
pub(super) async fn change_conversation_settings(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<ConversationId>,
    Body(request): Body<ConversationSettingsRequest>,
) -> Answer<Json<Conversation>> {
    changeable(&state, &access, id).await?;
    let patch = ConversationPatch {
        settings: Some(checked(request)?),
        ..ConversationPatch::default()
    };
    let updated = state
        .services()
        .conversations
        .update(&access, id, patch, state.now())
        .await?;
    updated
        .map(|new| Json(new.into()))
        .ok_or_else(|| Fault::not_found("conversation"))
}

fn checked(request: ConversationSettingsRequest) -> Answer<SettingsPatch> {
    if request.output_mode == Some(OutputMode::Json) {
        return Err(Fault::not_available("output_mode"));
    }
    if matches!(request.output_schema, Some(Some(_))) {
        return Err(Fault::not_available("output_schema"));
    }
    if request.auto_fire == Some(true) {
        return Err(Fault::not_available("auto_fire"));
    }
    if let Some(Some(model)) = &request.model_id {
        model
            .parse::<ModelRef>()
            .map_err(|error| Fault::bad("bad_model", error.to_string()))?;
    }
    if let Some(Some(prompt)) = &request.system_prompt {
        checks::text("system_prompt", prompt, PART_TEXT_MAX)?;
    }
    Ok(SettingsPatch {
        model_id: request.model_id,
        system_prompt: request.system_prompt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use weald_domain::conversation::ConversationSettings;

    fn change(body: Value) -> Answer<ConversationSettings> {
        let old = ConversationSettings {
            model_id: Some("builtin/planner".into()),
            system_prompt: Some("old".into()),
            ..ConversationSettings::default()
        };
        let patch = checked(serde_json::from_value(body).expect("a request"))?;
        Ok(old.patched(patch))
    }

    #[test]
    fn an_absent_member_stays_and_null_clears() {
        let settings = change(json!({"model_id": null})).expect("legal");
        assert_eq!(
            (settings.model_id, settings.system_prompt),
            (None, Some("old".into()))
        );
    }

    #[test]
    fn a_model_is_provider_and_name() {
        assert_eq!(
            change(json!({"model_id": "x"}))
                .expect_err("no")
                .problem()
                .code,
            "bad_model"
        );
        let fault = change(json!({"output_mode": "json"})).expect_err("not yet");
        assert_eq!(fault.problem().code, "not_available");
    }
}
