//! `POST /api/providers/{id}/test`: whether its address and its key work.

use std::time::Instant;

use axum::{Json, extract::State};
use weald_api::provider::{ProviderTestError, ProviderTestResponse};
use weald_domain::{
    model::{ModelError, ModelErrorKind},
    slug::Slug,
};

use super::{found, key_of};
use crate::{
    ServerState,
    extract::{Admin, Id},
    fault::Answer,
};

/// Try a provider
///
/// Asks it for its models. A provider that does not answer is no error of this request: `ok` is
/// false and `error` says why.
#[utoipa::path(
    post, path = "/api/providers/{id}/test", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    responses(
        (status = 200, body = ProviderTestResponse, description = "Whether it answered."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn test_provider(
    State(state): State<ServerState>,
    Admin(_access): Admin,
    Id(id): Id<Slug>,
) -> Answer<Json<ProviderTestResponse>> {
    let provider = found(&state, &id).await?;
    let key = key_of(&state, &provider).await?;
    let begun = Instant::now();
    let answer = state.services().models.list(&provider, key).await;
    let latency_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Json(match answer {
        Ok(models) => ProviderTestResponse {
            ok: true,
            latency_ms: Some(latency_ms),
            models: Some(models),
            error: None,
        },
        Err(error) => ProviderTestResponse {
            ok: false,
            latency_ms: None,
            models: None,
            error: Some(told(error)),
        },
    }))
}

fn told(error: ModelError) -> ProviderTestError {
    let hint = match error.kind {
        ModelErrorKind::Auth => "Check the key, and that it belongs to this provider.",
        ModelErrorKind::Network => "Check the base URL, and that the server is running.",
        ModelErrorKind::Timeout => "The server was reached and did not answer; check that it runs.",
        ModelErrorKind::RateLimit => "Wait a while, or check the quota of the key.",
        ModelErrorKind::BadRequest => "Check the base URL: it usually ends with `/v1`.",
        ModelErrorKind::Provider => "The provider has a problem of its own; try again later.",
        ModelErrorKind::CutStream | ModelErrorKind::TooLarge => {
            "The server does not answer as an OpenAI-compatible one does; check the base URL."
        }
    };
    ProviderTestError {
        code: error.code,
        message: error.message,
        hint: hint.to_owned(),
    }
}
