//! `POST /api/presets/create` (NB-08).

use axum::{Json, extract::State, http::StatusCode};
use weald_api::preset::{Preset, PresetCreateRequest, WorkspaceQuery};
use weald_domain::preset::Preset as NewPreset;

use super::{NAME_MAX, check_model, check_texts, check_toolsets, write_fault};
use crate::{
    ServerState, checks,
    extract::{Body, Query, Reader},
    fault::Answer,
};

/// Make a preset
#[utoipa::path(
    post, path = "/api/presets/create", tag = "presets", params(WorkspaceQuery),
    request_body = PresetCreateRequest,
    responses(
        (status = 201, body = Preset, description = "The new preset."),
        (status = 400, description = "`bad_name`, `bad_id`, `bad_model`, `bad_toolset` or `text_too_long`."),
        (status = 404, description = "`not_found`: the workspace."),
        (status = 409, description = "`slug_taken`."),
    ),
)]
pub(super) async fn create_preset(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspaceQuery>,
    Body(request): Body<PresetCreateRequest>,
) -> Answer<(StatusCode, Json<Preset>)> {
    let workspace_id = checks::writable(&access, query.workspace_id)?;
    let name = checks::name("name", &request.name, NAME_MAX)?;
    check_texts(
        request.description.as_deref(),
        request.system_prompt.as_deref(),
    )?;
    check_model(&request.model)?;
    check_toolsets(&request.toolsets)?;
    let at = state.now();
    let preset = NewPreset {
        id: checks::slug(request.id, &name)?,
        workspace_id,
        owner_id: access.user_id,
        name,
        description: request.description,
        model: request.model,
        system_prompt: request.system_prompt,
        toolsets: request.toolsets,
        on_crash: request.on_crash,
        is_default: request.is_default,
        created_at: at,
        updated_at: at,
    };
    state
        .services()
        .presets
        .create(&access, preset.clone())
        .await
        .map_err(write_fault)?;
    Ok((StatusCode::CREATED, Json(preset.into())))
}
