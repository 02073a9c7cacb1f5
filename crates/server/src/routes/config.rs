//! Settings.

mod explain;
mod get;
mod update;
mod user;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Fault, ServerState, config_file::ConfigFileError};

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(get::get_config))
        .routes(routes!(update::update_config))
        .routes(routes!(explain::explain_config))
}

/// Why the configuration was not changed, on the wire.
fn config_fault(error: ConfigFileError) -> Fault {
    match error {
        ConfigFileError::UnknownKey(key) => {
            Fault::bad("unknown_setting", format!("There is no setting `{key}`.")).with("key", key)
        }
        ConfigFileError::BadValue { key, detail } => {
            Fault::bad("bad_setting", format!("{key}: {detail}")).with("key", key)
        }
        ConfigFileError::Unwritable(source) => {
            let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            let detail = "The config file cannot be written; the log says why.";
            Fault::new(status, "config_unwritable", detail).because(source)
        }
    }
}
