//! Models: whatever answers a [`ModelRequest`].

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::{
    model::{ModelError, ModelEvent, ModelRequest, OfferedModel, PullProgress},
    provider::Provider,
    secret::Secret,
};

/// What a call streams; dropping it cuts the call.
pub type ModelStream = BoxStream<'static, Result<ModelEvent, ModelError>>;

/// How a download of a model goes on; it ends well or with an error, and dropping it cuts it.
pub type PullStream = BoxStream<'static, Result<PullProgress, ModelError>>;

/// The model wire.
#[async_trait]
pub trait Models: Send + Sync + 'static {
    /// Whether a model can take an input at all, before anything is journaled: `builtin/script`
    /// refuses what is not a script (`bad_script`), an unknown built-in model is
    /// `model_not_found`. Other models take any input.
    ///
    /// # Errors
    /// A [`ModelError`] of kind `BadRequest`.
    fn check(&self, provider: &Provider, model: &str, input: &str) -> Result<(), ModelError>;

    /// Calls a model. The stream ends with `Finished` or an error, never without either.
    ///
    /// # Errors
    /// Everything that happens before the first byte of the answer.
    async fn call(
        &self,
        provider: &Provider,
        key: Option<Secret>,
        request: ModelRequest,
    ) -> Result<ModelStream, ModelError>;

    /// The models a provider offers; also the test of its address and key.
    ///
    /// # Errors
    /// As [`Models::call`].
    async fn list(
        &self,
        provider: &Provider,
        key: Option<Secret>,
    ) -> Result<Vec<OfferedModel>, ModelError>;

    /// Downloads a model to the provider's own machine.
    ///
    /// # Errors
    /// As [`Models::call`], and `pull_not_available` for a provider that cannot.
    async fn pull(
        &self,
        provider: &Provider,
        _key: Option<Secret>,
        _model: &str,
    ) -> Result<PullStream, ModelError> {
        Err(ModelError::pull_not_available(&provider.id))
    }
}
