//! Projects.

mod create;
mod delete;
mod export;
mod get;
mod import;
mod list;
mod root;
mod select;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::ports::ProjectWriteError;

use crate::{Fault, ServerState};

/// Longest name of a project, characters.
const NAME_MAX: usize = 128;
/// Longest description, bytes.
const DESCRIPTION_MAX: usize = 4096;
/// Version of the export form.
const FORM_VERSION: u32 = 1;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_project))
        .routes(routes!(list::list_projects))
        .routes(routes!(export::export_projects))
        .routes(routes!(import::import_projects))
        .routes(routes!(get::get_project))
        .routes(routes!(update::update_project))
        .routes(routes!(select::select_project))
        .routes(routes!(delete::delete_project))
}

/// Why a project was not written, on the wire.
fn write_fault(error: ProjectWriteError) -> Fault {
    match error {
        ProjectWriteError::Taken => Fault::conflict("slug_taken", "A project of that id exists."),
        ProjectWriteError::RootTaken(project) => {
            let detail = format!("Project `{project}` has that root directory.");
            Fault::conflict("root_taken", detail).with("project_id", project.to_string())
        }
        ProjectWriteError::Store(error) => error.into(),
    }
}
