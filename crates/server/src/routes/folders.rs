//! Folders.

mod create;
mod delete;
mod get;
mod list;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::{access::Access, conversation::Folder, id::FolderId};

use crate::{Fault, ServerState, checks, fault::Answer};

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_folder))
        .routes(routes!(list::list_folders))
        .routes(routes!(get::get_folder))
        .routes(routes!(update::update_folder))
        .routes(routes!(delete::delete_folder))
}

/// A folder that the reader may see.
async fn visible(state: &ServerState, access: &Access, id: FolderId) -> Answer<Folder> {
    let found = state.services().folders.get(access, id).await?;
    found.ok_or_else(|| Fault::not_found("folder"))
}

/// A folder that the writer may change.
async fn changeable(state: &ServerState, access: &Access, id: FolderId) -> Answer<Folder> {
    let found = visible(state, access, id).await?;
    if access.may_write(found.workspace_id) {
        Ok(found)
    } else {
        Err(checks::read_only())
    }
}
