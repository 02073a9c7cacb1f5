//! `POST /api/presets/{id}/delete` (NB-08).

use axum::{extract::State, http::StatusCode};
use weald_api::preset::WorkspaceQuery;
use weald_domain::slug::Slug;

use super::write_fault;
use crate::{
    Fault, ServerState, checks,
    extract::{Id, Query, Reader},
    fault::Answer,
};

/// Delete a preset
#[utoipa::path(
    post, path = "/api/presets/{id}/delete", tag = "presets",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the preset."), WorkspaceQuery),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "`not_found`: the workspace or the preset."),
        (status = 409, description = "`preset_in_use`, with `conversation_ids`."),
    ),
)]
pub(super) async fn delete_preset(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<Slug>,
    Query(query): Query<WorkspaceQuery>,
) -> Answer<StatusCode> {
    let workspace = checks::writable(&access, query.workspace_id)?;
    let presets = &state.services().presets;
    match presets
        .delete(&access, workspace, &id, state.now())
        .await
        .map_err(write_fault)?
    {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Fault::not_found("preset")),
    }
}
