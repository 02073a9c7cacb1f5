//! `GET /api/presets/{id}/get` (NB-08).

use axum::{Json, extract::State};
use weald_api::preset::{Preset, WorkspaceQuery};
use weald_domain::slug::Slug;

use crate::{
    Fault, ServerState, checks,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// One preset
#[utoipa::path(
    get, path = "/api/presets/{id}/get", tag = "presets",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the preset."), WorkspaceQuery),
    responses(
        (status = 200, body = Preset, description = "The preset."),
        (status = 404, description = "`not_found`: the workspace or the preset."),
    ),
)]
pub(super) async fn get_preset(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<Slug>,
    Query(query): Query<WorkspaceQuery>,
) -> Answer<Json<Preset>> {
    let workspace = checks::readable(&access, query.workspace_id)?;
    let preset = state
        .services()
        .presets
        .get(&access, workspace, &id)
        .await?;
    preset
        .map(|found| Json(found.into()))
        .ok_or_else(|| Fault::not_found("preset"))
}
