//! Settings.

use serde_json::{Map, Value};

use super::{Client, ClientError};
use crate::config::{
    ConfigExplainQuery, ConfigExplainResponse, ConfigResponse, ConfigUpdateRequest,
};

impl Client {
    /// The settings in force.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn config(&self) -> Result<ConfigResponse, ClientError> {
        self.get("/api/config/get", &()).await
    }

    /// Changes settings, nested or by dotted key.
    ///
    /// # Errors
    /// See [`ClientError`]; `unknown_setting` and `bad_setting` name the key.
    pub async fn update_config(
        &self,
        patch: Map<String, Value>,
    ) -> Result<ConfigResponse, ClientError> {
        self.post("/api/config/update", &ConfigUpdateRequest { patch })
            .await
    }

    /// Where a setting comes from.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn explain_config(&self, key: &str) -> Result<ConfigExplainResponse, ClientError> {
        self.get(
            "/api/config/explain",
            &ConfigExplainQuery {
                key: key.to_owned(),
            },
        )
        .await
    }
}
