//! `POST /api/presets/{id}/update` (NB-08).

use axum::{Json, extract::State};
use weald_api::preset::{Preset, PresetUpdateRequest, WorkspaceQuery};
use weald_domain::{preset::PresetPatch, slug::Slug};

use super::{NAME_MAX, check_model, check_texts, check_toolsets, write_fault};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Query, Reader},
    fault::Answer,
};

/// Change a preset
///
/// Sessions that run keep what they began with. Members that are not named stay as they are, also
/// when somebody else changes them at the same time.
#[utoipa::path(
    post, path = "/api/presets/{id}/update", tag = "presets",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the preset."), WorkspaceQuery),
    request_body = PresetUpdateRequest,
    responses(
        (status = 200, body = Preset, description = "The preset as it is now."),
        (status = 400, description = "`bad_name`, `bad_model`, `bad_toolset` or `text_too_long`."),
        (status = 404, description = "`not_found`: the workspace or the preset."),
    ),
)]
pub(super) async fn update_preset(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<Slug>,
    Query(query): Query<WorkspaceQuery>,
    Body(request): Body<PresetUpdateRequest>,
) -> Answer<Json<Preset>> {
    let workspace = checks::writable(&access, query.workspace_id)?;
    let patch = checked(request)?;
    let presets = &state.services().presets;
    let updated = presets
        .update(&access, workspace, &id, patch, state.now())
        .await
        .map_err(write_fault)?;
    updated
        .map(|new| Json(new.into()))
        .ok_or_else(|| Fault::not_found("preset"))
}

fn checked(request: PresetUpdateRequest) -> Answer<PresetPatch> {
    let name = request.name.as_deref();
    let name = name
        .map(|name| checks::name("name", name, NAME_MAX))
        .transpose()?;
    if let Some(model) = &request.model {
        check_model(model)?;
    }
    if let Some(toolsets) = &request.toolsets {
        check_toolsets(toolsets)?;
    }
    check_texts(
        request.description.as_ref().and_then(Option::as_deref),
        request.system_prompt.as_ref().and_then(Option::as_deref),
    )?;
    Ok(PresetPatch {
        name,
        description: request.description,
        model: request.model,
        system_prompt: request.system_prompt,
        toolsets: request.toolsets,
        on_crash: request.on_crash,
        is_default: request.is_default,
    })
}
