//! `POST /api/presets/{id}/update` (NB-08).

use axum::{Json, extract::State};
use weald_api::preset::{Preset, PresetUpdateRequest, WorkspaceQuery};
use weald_domain::{preset::Preset as StoredPreset, slug::Slug, time::UnixMillis};

use super::{NAME_MAX, check_model, check_texts, check_toolsets, write_fault};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Id, Query, Reader},
    fault::Answer,
};

/// Change a preset
///
/// Sessions that run keep what they began with.
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
    let presets = &state.services().presets;
    let old = presets.get(&access, workspace, &id).await?;
    let new = changed(
        old.ok_or_else(|| Fault::not_found("preset"))?,
        request,
        state.now(),
    )?;
    if presets
        .update(&access, new.clone())
        .await
        .map_err(write_fault)?
    {
        Ok(Json(new.into()))
    } else {
        Err(Fault::not_found("preset"))
    }
}

fn changed(
    mut preset: StoredPreset,
    request: PresetUpdateRequest,
    at: UnixMillis,
) -> Answer<StoredPreset> {
    if let Some(name) = &request.name {
        preset.name = checks::name("name", name, NAME_MAX)?;
    }
    if let Some(description) = request.description {
        preset.description = description;
    }
    if let Some(model) = request.model {
        check_model(&model)?;
        preset.model = model;
    }
    if let Some(prompt) = request.system_prompt {
        preset.system_prompt = prompt;
    }
    check_texts(
        preset.description.as_deref(),
        preset.system_prompt.as_deref(),
    )?;
    if let Some(toolsets) = request.toolsets {
        check_toolsets(&toolsets)?;
        preset.toolsets = toolsets;
    }
    preset.on_crash = request.on_crash.unwrap_or(preset.on_crash);
    preset.is_default = request.is_default.unwrap_or(preset.is_default);
    preset.updated_at = at;
    Ok(preset)
}
