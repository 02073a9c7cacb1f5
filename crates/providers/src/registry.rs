//! Which client speaks to which provider.

use async_trait::async_trait;
use weald_domain::{
    model::{ModelError, ModelErrorKind, ModelRequest, OfferedModel},
    ports::models::{ModelStream, Models},
    provider::{Provider, ProviderKind},
    secret::Secret,
};

use crate::{builtin, failure};

/// Every dialect this release speaks, behind the one port.
#[derive(Debug, Default)]
pub struct ModelClients;

#[async_trait]
impl Models for ModelClients {
    fn check(&self, provider: &Provider, model: &str, input: &str) -> Result<(), ModelError> {
        match provider.kind {
            ProviderKind::Builtin => builtin::check(model, input),
            ProviderKind::Openai | ProviderKind::Openrouter | ProviderKind::OpenaiCompatible => {
                Ok(())
            }
        }
    }

    async fn call(
        &self,
        provider: &Provider,
        _key: Option<Secret>,
        request: ModelRequest,
    ) -> Result<ModelStream, ModelError> {
        match provider.kind {
            ProviderKind::Builtin => builtin::call(&request),
            ProviderKind::Openai | ProviderKind::Openrouter | ProviderKind::OpenaiCompatible => {
                Err(not_spoken(provider))
            }
        }
    }

    async fn list(
        &self,
        provider: &Provider,
        _key: Option<Secret>,
    ) -> Result<Vec<OfferedModel>, ModelError> {
        match provider.kind {
            ProviderKind::Builtin => Ok(builtin::offered()),
            ProviderKind::Openai | ProviderKind::Openrouter | ProviderKind::OpenaiCompatible => {
                Err(not_spoken(provider))
            }
        }
    }
}

fn not_spoken(provider: &Provider) -> ModelError {
    let message = format!("the provider `{}` cannot be called yet", provider.id);
    failure::lasting(ModelErrorKind::BadRequest, "not_available", message)
}
