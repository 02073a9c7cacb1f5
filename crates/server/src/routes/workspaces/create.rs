//! `POST /api/workspaces/create` (NB-08, MY-30).

use axum::{Json, extract::State, http::StatusCode};
use weald_api::workspace::{Workspace, WorkspaceCreateRequest};
use weald_domain::{limits::WORKSPACE_NAME_MAX, workspace::Workspace as NewWorkspace};

use super::write_fault;
use crate::{
    ServerState, checks,
    extract::{Body, Reader},
    fault::Answer,
};

/// Make a workspace
///
/// Its maker becomes its owner; it starts with a default preset on the built-in planner.
#[utoipa::path(
    post, path = "/api/workspaces/create", tag = "workspaces",
    request_body = WorkspaceCreateRequest,
    responses(
        (status = 201, body = Workspace, description = "The new workspace."),
        (status = 400, description = "`bad_name`, `bad_id` or `metadata_too_large`."),
        (status = 409, description = "`slug_taken`."),
    ),
)]
pub(super) async fn create_workspace(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Body(request): Body<WorkspaceCreateRequest>,
) -> Answer<(StatusCode, Json<Workspace>)> {
    let name = checks::name("name", &request.name, WORKSPACE_NAME_MAX)?;
    checks::metadata(&request.metadata)?;
    let at = state.now();
    let workspace = NewWorkspace {
        id: state.id(at),
        slug: checks::slug(request.slug, &name)?,
        owner_id: access.user_id,
        name,
        color: request.color,
        projects: Vec::new(),
        default_preset_id: None,
        metadata: request.metadata,
        created_at: at,
        updated_at: at,
    };
    let services = state.services();
    services
        .workspaces
        .create(&access, workspace.clone())
        .await
        .map_err(write_fault)?;
    Ok((StatusCode::CREATED, Json(workspace.into())))
}
