//! Providers and their models.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use weald_domain::{
    id::ModelRowId,
    model::OfferedModel,
    provider::{AuthKind, ProviderKind},
    secret::SecretRef,
    slug::Slug,
    time::UnixMillis,
};

use crate::{page::present, schema};

wire! {
    /// A configured model source. It names its secret and never shows it.
    Provider of weald_domain::provider::Provider {
        /// Slug, unique in the deployment.
        #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
        id: Slug,
        /// The dialect.
        #[schema(value_type = schema::ProviderKind)]
        kind: ProviderKind,
        /// For people.
        display_name: String,
        /// How it wants to be authenticated.
        #[schema(value_type = schema::AuthKind)]
        auth_kind: AuthKind,
        /// Base URL, such as `http://localhost:11434/v1`.
        base_url: Option<String>,
        /// Reference to its key (`secret://…`).
        #[schema(value_type = Option<String>)]
        secret_ref: Option<SecretRef>,
        /// Dialect-specific settings.
        #[schema(value_type = Object)]
        config: Map<String, Value>,
        /// Whether it may be called.
        is_enabled: bool,
        /// When it was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When it last changed.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

wire! {
    /// One model of a provider.
    Model of weald_domain::provider::Model {
        /// Id.
        #[schema(value_type = Uuid)]
        id: ModelRowId,
        /// Its provider.
        #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
        provider_id: Slug,
        /// The provider's own name of it.
        provider_model_id: String,
        /// For people.
        display_name: Option<String>,
        /// Whether it is offered.
        is_enabled: bool,
        /// Tokens that fit, when known.
        context_window: Option<u64>,
        /// Opaque.
        #[schema(value_type = Object)]
        metadata: Map<String, Value>,
        /// When it was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When it last changed.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

/// A new provider. The key goes to the secret store and is never shown again.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ProviderCreateRequest {
    /// Slug; made from `display_name` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub id: Option<Slug>,
    /// The dialect.
    #[schema(value_type = schema::ProviderKind)]
    pub kind: ProviderKind,
    /// For people.
    #[schema(min_length = 1, max_length = 64)]
    pub display_name: String,
    /// Base URL; needed for `openai_compatible`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(write_only)]
    pub api_key: Option<String>,
    /// Instead of a key: the environment variable that holds it, one of those that
    /// `/api/providers/found` names as present. The provider keeps a reference, not the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_variable: Option<String>,
    /// Names of models to offer, besides those it lists itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub models: Vec<String>,
}

impl std::fmt::Debug for ProviderCreateRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderCreateRequest")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// A change of a provider; an absent member stays as it is.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ProviderUpdateRequest {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    pub display_name: Option<String>,
    /// New base URL; null removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub base_url: Option<Option<String>>,
    /// New key; null removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, write_only)]
    pub api_key: Option<Option<String>>,
    /// Whether it may be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// Names of models to offer besides those known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
}

impl std::fmt::Debug for ProviderUpdateRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderUpdateRequest")
            .field("display_name", &self.display_name)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// Where a provider was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundSource {
    /// A variable of the server's environment.
    Environment,
    /// An address of the server's own computer.
    Local,
}

/// A provider that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundProvider {
    /// Where it was looked for.
    pub source: FoundSource,
    /// The dialect to connect it with.
    #[schema(value_type = schema::ProviderKind)]
    pub kind: ProviderKind,
    /// For people.
    pub display_name: String,
    /// The base URL to connect it with, when its dialect does not tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base_url: Option<String>,
    /// The variable that holds its key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key_variable: Option<String>,
    /// Whether the variable is set, or the server answered.
    pub is_present: bool,
    /// How many models the server lists.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub models: Option<usize>,
    /// The provider that is connected to it already.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub provider_id: Option<Slug>,
}

/// What was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProvidersFoundResponse {
    /// Each variable and each address, whether there is something or not.
    pub items: Vec<FoundProvider>,
}

/// A provider after a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProviderUpdateResponse {
    /// The provider as it is now.
    #[serde(flatten)]
    pub provider: Provider,
    /// Whether its key was removed, because the new base URL leads to another server.
    pub key_removed: bool,
}

/// Whether a provider answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProviderTestResponse {
    /// Whether it did.
    pub ok: bool,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latency_ms: Option<u64>,
    /// What it offers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Vec<schema::OfferedModel>>)]
    pub models: Option<Vec<OfferedModel>>,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ProviderTestError>,
}

/// Why a provider did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderTestError {
    /// Stable code.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

/// What a model sync found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelSyncResponse {
    /// How many models the provider offers.
    pub offered: usize,
    /// The names that were new.
    pub added: Vec<String>,
}

/// Whether a model is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelSwitchRequest {
    /// The provider's own name of the model.
    pub model: String,
    /// Whether it is offered.
    pub is_enabled: bool,
}

/// Which model to download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelPullRequest {
    /// The name of the model in the provider's library.
    #[schema(min_length = 1, max_length = 256)]
    pub model: String,
}

/// How a download goes on. `done` or `failed` is the last; a stream that ends without either broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ModelPullEvent {
    /// It goes on.
    Progress {
        /// What is being done, in the provider's words.
        status: String,
        /// Bytes of the current piece that are there.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        completed: Option<u64>,
        /// Bytes of the current piece.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        total: Option<u64>,
    },
    /// The model is there.
    Done {
        /// The names that were added to the models of the provider.
        added: Vec<String>,
    },
    /// It is not.
    Failed {
        /// Stable code, such as `model_not_found` or `provider_disk_full`.
        code: String,
        /// One sentence for a person.
        message: String,
        /// Whether the same download may succeed later.
        retryable: bool,
    },
}

impl ModelPullEvent {
    /// Its type, which is also the name of its frame.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Progress { .. } => "progress",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether nothing comes behind it.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        match self {
            Self::Progress { .. } => false,
            Self::Done { .. } | Self::Failed { .. } => true,
        }
    }
}

/// One frame of a download (WHATWG HTML, server-sent events): in documentation only.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what the writer of frames writes")]
pub struct ModelPullFrame {
    /// `progress`, `done` or `failed`.
    event: String,
    /// A `ModelPullEvent`.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// Which models.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ModelListQuery {
    /// Of one provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub provider_id: Option<Slug>,
    /// `next` of the page before; without it the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items: 50 by default, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}
