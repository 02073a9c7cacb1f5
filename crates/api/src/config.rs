//! Configuration (MY-04, WK-048).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConfigResponse {
    /// Every setting by section and key.
    #[schema(value_type = Object)]
    pub values: Map<String, Value>,
    /// Where each came from.
    pub entries: Vec<ConfigEntry>,
}

/// One setting with the layer that won.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConfigEntry {
    /// `section.key`.
    pub key: String,
    /// The value in force.
    pub value: Value,
    /// Which layer gave it.
    pub source: ConfigSource,
    /// The file or variable, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<String>,
    /// When a change takes effect.
    pub takes_effect: TakesEffect,
}

/// A layer of the configuration, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfigSource {
    /// A flag of the command line.
    Flag,
    /// `-c key=value`.
    CommandLine,
    /// An environment variable.
    Environment,
    /// The user's own setting (`app.*`, `chat.*`).
    User,
    /// `weald.toml` of a trusted folder.
    ProjectFile,
    /// `weald.toml` of the user.
    UserFile,
    /// `weald.toml` of the system.
    SystemFile,
    /// Built in.
    Default,
}

/// When a changed setting takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakesEffect {
    /// At once.
    Reload,
    /// At the next start.
    Restart,
}

/// A change of settings, by section and key; a null removes the key, so that a lower layer shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ConfigUpdateRequest {
    /// The change: `{"chat": {"message": {"font_size": 16}}}` or with dotted keys.
    #[schema(value_type = Object)]
    pub patch: Map<String, Value>,
}

/// Which setting to explain.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConfigExplainQuery {
    /// `section.key`.
    pub key: String,
}

/// One setting in all layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConfigExplainResponse {
    /// The layer that won.
    pub winner: ConfigEntry,
    /// What the weaker layers say, strongest first.
    pub others: Vec<ConfigEntry>,
}
