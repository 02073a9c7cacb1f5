//! Which client speaks to which provider.

use async_trait::async_trait;
use weald_domain::{
    model::{ModelError, ModelRequest, OfferedModel},
    ports::models::{ModelStream, Models},
    provider::Provider,
    secret::Secret,
};

use crate::{
    builtin,
    chat_completions::Dialect,
    client::{ChatClient, ClientConfig},
    redact,
};

/// Every dialect this release speaks, behind the one port.
#[derive(Debug, Default)]
pub struct ModelClients {
    chat: ChatClient,
}

impl ModelClients {
    /// Clients with these deadlines.
    #[must_use]
    pub const fn new(config: ClientConfig) -> Self {
        Self {
            chat: ChatClient::new(config),
        }
    }
}

#[async_trait]
impl Models for ModelClients {
    fn check(&self, provider: &Provider, model: &str, input: &str) -> Result<(), ModelError> {
        match Dialect::of(provider.kind) {
            None => builtin::check(model, input),
            Some(_) => Ok(()),
        }
    }

    async fn call(
        &self,
        provider: &Provider,
        key: Option<Secret>,
        request: ModelRequest,
    ) -> Result<ModelStream, ModelError> {
        match Dialect::of(provider.kind) {
            None => builtin::call(&request),
            Some(dialect) => {
                let said = self.chat.call(provider, dialect, key.clone(), &request);
                // The one place where what a provider says enters Weald.
                Ok(redact::covered(said.await?, key.as_ref()))
            }
        }
    }

    async fn list(
        &self,
        provider: &Provider,
        key: Option<Secret>,
    ) -> Result<Vec<OfferedModel>, ModelError> {
        match Dialect::of(provider.kind) {
            None => Ok(builtin::offered()),
            Some(_) => self.chat.list(provider, key).await,
        }
    }
}
