//! Which client speaks to which provider.

use async_trait::async_trait;
use weald_domain::{
    model::{ModelError, ModelRequest, OfferedModel},
    ports::models::{ModelStream, Models, PullStream},
    provider::Provider,
    secret::Secret,
};

use crate::{
    builtin,
    client::{ChatClient, ClientConfig},
    opaque, redact,
    wire::Wire,
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
        match Wire::of(provider.kind) {
            None => builtin::check(model, input),
            Some(_) => Ok(()),
        }
    }

    async fn call(
        &self,
        provider: &Provider,
        key: Option<Secret>,
        mut request: ModelRequest,
    ) -> Result<ModelStream, ModelError> {
        match Wire::of(provider.kind) {
            None => builtin::call(&request),
            Some(wire) => {
                opaque::keep_own(&mut request, &provider.id);
                let said = self.chat.call(provider, wire, key.clone(), &request);
                // The one place where an answer enters Weald.
                let said = redact::covered(said.await?, key.as_ref());
                Ok(opaque::marked(said, provider.id.clone()))
            }
        }
    }

    async fn list(
        &self,
        provider: &Provider,
        key: Option<Secret>,
    ) -> Result<Vec<OfferedModel>, ModelError> {
        match Wire::of(provider.kind) {
            None => Ok(builtin::offered()),
            Some(wire) => {
                let offered = self.chat.list(provider, wire, key.clone()).await?;
                Ok(without_key(offered, key.as_ref()))
            }
        }
    }

    async fn pull(
        &self,
        provider: &Provider,
        key: Option<Secret>,
        model: &str,
    ) -> Result<PullStream, ModelError> {
        let pulled = match Wire::of(provider.kind) {
            None => None,
            Some(wire) => self.chat.pull(provider, wire, key, model).await?,
        };
        pulled.ok_or_else(|| ModelError::pull_not_available(&provider.id))
    }
}

/// Keeps a key that a provider repeats out of the list of its models.
fn without_key(mut offered: Vec<OfferedModel>, key: Option<&Secret>) -> Vec<OfferedModel> {
    let Some(key) = key else { return offered };
    for model in &mut offered {
        model.id = redact::covered_text(std::mem::take(&mut model.id), key);
        let name = model.display_name.take();
        model.display_name = name.map(|name| redact::covered_text(name, key));
    }
    offered
}
