//! `POST /api/providers/{id}/models/sync`.

use std::collections::HashSet;

use axum::{Json, extract::State, http::StatusCode};
use weald_api::provider::ModelSyncResponse;
use weald_domain::{
    id::UserId,
    limits::PAGE_MAX,
    model::ModelError,
    ports::{PageRequest, StoreError},
    provider::{Provider, ProviderKind},
    secret::Secret,
    slug::Slug,
};

use crate::{
    Fault, ServerState,
    extract::{Admin, Id},
    fault::Answer,
    routes::providers::{found, key_of, offered},
};

/// Ask a provider for its models
///
/// New ones are added and offered; known ones keep their switch.
#[utoipa::path(
    post, path = "/api/providers/{id}/models/sync", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    responses(
        (status = 200, body = ModelSyncResponse, description = "What it offers."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`."),
        (status = 424, description = "`provider_failed`, with `reason`: it did not answer."),
    ),
)]
pub(super) async fn sync_models(
    State(state): State<ServerState>,
    Admin(access): Admin,
    Id(id): Id<Slug>,
) -> Answer<Json<ModelSyncResponse>> {
    let provider = found(&state, &id).await?;
    let key = key_of(&state, &provider).await?;
    let synced = synced(&state, &provider, key, access.user_id).await?;
    Ok(Json(synced))
}

/// Asks a provider for its models and keeps what it says.
pub(super) async fn synced(
    state: &ServerState,
    provider: &Provider,
    key: Option<Secret>,
    by: UserId,
) -> Answer<ModelSyncResponse> {
    let services = state.services();
    let id = &provider.id;
    let models = services
        .models
        .list(provider, key)
        .await
        .map_err(model_fault)?;
    let known = known_names(state, id).await?;
    let rows = offered::rows(state, id, models);
    let new = rows
        .iter()
        .filter(|row| !known.contains(&row.provider_model_id));
    let added: Vec<_> = new.map(|row| row.provider_model_id.clone()).collect();
    let offered = rows.len();
    if provider.kind != ProviderKind::Builtin && !rows.is_empty() {
        services.providers.put_models(id, rows, by).await?;
    }
    Ok(ModelSyncResponse { offered, added })
}

async fn known_names(state: &ServerState, id: &Slug) -> Result<HashSet<String>, StoreError> {
    let mut names = HashSet::new();
    let mut page = PageRequest {
        after: None,
        limit: PAGE_MAX,
    };
    loop {
        let read = state.services().providers.models(Some(id), page).await?;
        names.extend(read.items.into_iter().map(|model| model.provider_model_id));
        match read.next {
            Some(next) => {
                page = PageRequest {
                    after: Some(next),
                    limit: PAGE_MAX,
                }
            }
            None => return Ok(names),
        }
    }
}

/// What was asked for hangs on somebody else's server (424).
pub(super) fn model_fault(error: ModelError) -> Fault {
    Fault::new(
        StatusCode::FAILED_DEPENDENCY,
        "provider_failed",
        error.message,
    )
    .with("reason", error.code)
}
