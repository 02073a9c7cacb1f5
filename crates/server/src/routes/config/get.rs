//! `GET /api/config/get` (MY-04, WK-048).

use axum::{Json, extract::State};
use weald_api::config::ConfigResponse;

use super::user::laid_over;
use crate::{ServerState, extract::Reader, fault::Answer};

/// The settings in force
///
/// Administrators see all; others see `app.*` and `chat.*`, which are stored per user.
#[utoipa::path(
    get, path = "/api/config/get", tag = "config",
    responses((status = 200, body = ConfigResponse, description = "The settings.")),
)]
pub(super) async fn get_config(
    State(state): State<ServerState>,
    Reader(access): Reader,
) -> Answer<Json<ConfigResponse>> {
    let services = state.services();
    let own = services.settings.get(access.user_id).await?;
    Ok(Json(laid_over(
        services.config_file.entries(),
        &own,
        access.is_admin(),
    )))
}
