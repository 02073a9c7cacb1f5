//! `GET /api/config/explain` (MY-03, MY-04): which layer won.

use axum::{Json, extract::State};
use weald_api::config::{ConfigExplainQuery, ConfigExplainResponse};

use super::user::{is_own, own_entry};
use crate::{
    Fault, ServerState,
    extract::{Query, Reader},
    fault::Answer,
};

/// Where a setting comes from
#[utoipa::path(
    get, path = "/api/config/explain", tag = "config", params(ConfigExplainQuery),
    responses(
        (status = 200, body = ConfigExplainResponse, description = "The winner and the others."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`: no such setting."),
    ),
)]
pub(super) async fn explain_config(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<ConfigExplainQuery>,
) -> Answer<Json<ConfigExplainResponse>> {
    let own = is_own(&query.key);
    if !own && !access.is_admin() {
        return Err(Fault::forbidden(
            "admin_only",
            "Only an administrator may see this setting.",
        ));
    }
    let services = state.services();
    let layers = services.config_file.layers(&query.key);
    let mut layers = layers.ok_or_else(|| Fault::not_found("setting"))?;
    if own && let Some(value) = services.settings.get(access.user_id).await?.get(&query.key) {
        layers.insert(0, own_entry(query.key, value.clone()));
    }
    let mut layers = layers.into_iter();
    let winner = layers.next().ok_or_else(|| Fault::not_found("setting"))?;
    Ok(Json(ConfigExplainResponse {
        winner,
        others: layers.collect(),
    }))
}
