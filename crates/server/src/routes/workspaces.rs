//! Workspaces.

mod create;
mod delete;
mod get;
mod list;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::{
    access::{Access, WorkspaceRole},
    id::WorkspaceId,
    ports::WorkspaceWriteError,
};

use crate::{Fault, ServerState, fault::Answer};

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_workspace))
        .routes(routes!(list::list_workspaces))
        .routes(routes!(get::get_workspace))
        .routes(routes!(update::update_workspace))
        .routes(routes!(delete::delete_workspace))
}

/// Only its owners change a workspace.
fn check_owner(access: &Access, id: WorkspaceId) -> Answer<()> {
    match access.workspaces.get(&id) {
        Some(WorkspaceRole::Owner) => Ok(()),
        Some(WorkspaceRole::Editor | WorkspaceRole::Viewer) => Err(Fault::forbidden(
            "owner_only",
            "Only an owner of the workspace may do that.",
        )),
        None => Err(Fault::not_found("workspace")),
    }
}

/// Why a workspace was not written, on the wire.
fn write_fault(error: WorkspaceWriteError) -> Fault {
    match error {
        WorkspaceWriteError::Taken => {
            Fault::conflict("slug_taken", "A workspace of that slug exists.")
        }
        WorkspaceWriteError::Busy(active) => {
            let active = serde_json::to_value(&active).unwrap_or_default();
            let detail = "A session is active in this workspace; stop it first.";
            Fault::conflict("workspace_busy", detail).with("active_session", active)
        }
        WorkspaceWriteError::Last => {
            Fault::conflict("last_workspace", "Your last workspace cannot be deleted.")
        }
        WorkspaceWriteError::Store(error) => error.into(),
    }
}
