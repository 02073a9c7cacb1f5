//! The configuration as the API sees it; the binary, which alone reads files and environment,
//! implements it.

use async_trait::async_trait;
use serde_json::{Map, Value};
use weald_api::config::ConfigEntry;
use weald_domain::{BoxError, access::Access};

/// A change of the configuration was not made.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// No setting has that key (400 `unknown_setting`).
    #[error("there is no setting `{0}`")]
    UnknownKey(String),
    /// A value does not fit its setting (400 `bad_setting`).
    #[error("{key}: {detail}")]
    BadValue {
        /// Which setting.
        key: String,
        /// Why it does not fit.
        detail: String,
    },
    /// The file cannot be read or written (500 `config_unwritable`).
    #[error("the config file cannot be written")]
    Unwritable(#[source] BoxError),
}

/// The layered configuration of the deployment.
#[async_trait]
pub trait ConfigFile: Send + Sync + 'static {
    /// Every setting in force, with the layer that won, by key.
    fn entries(&self) -> Vec<ConfigEntry>;

    /// One setting in every layer that says something, strongest first; none when no setting has
    /// that key.
    fn layers(&self, key: &str) -> Option<Vec<ConfigEntry>>;

    /// Whether a setting may hold a value.
    ///
    /// # Errors
    /// No setting has that key, or the value does not fit.
    fn check(&self, key: &str, value: &Value) -> Result<(), ConfigFileError>;

    /// Changes the user's file, by dotted key, keeping its comments; a null removes a key. All or
    /// nothing: every value is checked first. What may change at once, changes at once.
    async fn patch(
        &self,
        access: &Access,
        patch: Map<String, Value>,
    ) -> Result<(), ConfigFileError>;
}
