//! `POST /api/config/update` (MY-04, WK-048).

use axum::{Json, extract::State};
use serde_json::{Map, Value};
use weald_api::config::{ConfigResponse, ConfigUpdateRequest};

use super::{
    config_fault,
    user::{flattened, is_own, laid_over},
};
use crate::{
    ConfigFile, ConfigFileError, Fault, ServerState,
    extract::{Body, Reader},
    fault::Answer,
};

/// Change settings
///
/// `app.*` and `chat.*` are stored for the user; the rest goes to the deployment's file and needs
/// an administrator. Every value is checked before anything is written.
#[utoipa::path(
    post, path = "/api/config/update", tag = "config", request_body = ConfigUpdateRequest,
    responses(
        (status = 200, body = ConfigResponse, description = "The settings in force now."),
        (status = 400, description = "`unknown_setting` or `bad_setting`, with `key`."),
        (status = 403, description = "`admin_only`."),
    ),
)]
pub(super) async fn update_config(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Body(request): Body<ConfigUpdateRequest>,
) -> Answer<Json<ConfigResponse>> {
    let services = state.services();
    let (own, rest): (Map<_, _>, Map<_, _>) = flattened(request.patch)
        .into_iter()
        .partition(|(key, _)| is_own(key));
    if !rest.is_empty() && !access.is_admin() {
        return Err(Fault::forbidden(
            "admin_only",
            "Only an administrator may change these settings.",
        ));
    }
    for (key, value) in &own {
        check_own(&*services.config_file, key, value)?;
    }
    if !rest.is_empty() {
        services
            .config_file
            .patch(&access, rest)
            .await
            .map_err(config_fault)?;
    }
    let own = if own.is_empty() {
        services.settings.get(access.user_id).await?
    } else {
        services
            .settings
            .update(access.user_id, own, state.now())
            .await?
    };
    Ok(Json(laid_over(
        services.config_file.entries(),
        &own,
        access.is_admin(),
    )))
}

/// A user's setting exists and may hold the value; a null always may be set.
fn check_own(file: &dyn ConfigFile, key: &str, value: &Value) -> Answer<()> {
    match file.check(key, value) {
        Err(ConfigFileError::BadValue { .. }) if value.is_null() => Ok(()),
        checked => checked.map_err(config_fault),
    }
}
