//! `GET /api/health` (NB-67, NB-68): open to everybody.

use axum::{Json, extract::State};
use weald_api::health::{HealthResponse, HealthStatus, ServiceState};
use weald_domain::ports::StoreError;

use crate::ServerState;

/// Whether Weald and what it stands on work
#[utoipa::path(
    get, path = "/api/health", tag = "health",
    responses((status = 200, body = HealthResponse, description = "What works.")),
)]
pub(super) async fn get_health(State(state): State<ServerState>) -> Json<HealthResponse> {
    let database = match state.services().identity.owner().await {
        Ok(_) => ServiceState::Connected,
        Err(StoreError::Unavailable(_)) => ServiceState::Unavailable,
        Err(StoreError::Full(_) | StoreError::BadPage | StoreError::Corrupt { .. }) => {
            ServiceState::Error
        }
    };
    let status = match database {
        ServiceState::Connected => HealthStatus::Ok,
        ServiceState::Error | ServiceState::Unavailable => HealthStatus::Degraded,
    };
    let redis = ServiceState::Unavailable;
    let version = state.config().version.clone();
    Json(HealthResponse {
        status,
        database,
        redis,
        version,
    })
}
