//! Health (NB-67, NB-68).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether Weald and what it stands on work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthResponse {
    /// All of it.
    pub status: HealthStatus,
    /// The database.
    pub database: ServiceState,
    /// Redis; `unavailable` when the bus is in the process.
    pub redis: ServiceState,
    /// Version of the server.
    pub version: String,
}

/// Whether everything works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Everything works.
    Ok,
    /// Something does not.
    Degraded,
}

/// Whether a backing service works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// It answers.
    Connected,
    /// It answers with an error.
    Error,
    /// It is not used, or cannot be reached.
    Unavailable,
}
