//! `POST /api/providers/{id}/update`.

use axum::{Json, extract::State};
use weald_api::provider::{ProviderUpdateRequest, ProviderUpdateResponse};
use weald_domain::{
    ports::ProviderWriteError,
    provider::{AuthKind, Provider as StoredProvider, ProviderKind},
    secret::Secret,
    slug::Slug,
};

use super::{NAME_MAX, check_url, found, key, offered, write_fault};
use crate::{
    Fault, ServerState, checks,
    extract::{Admin, Body, Id},
    fault::Answer,
};

/// Change a provider
///
/// Its key belongs to the server it was given for: a base URL of another origin removes the key
/// unless a new one comes along, and `key_removed` says so.
#[utoipa::path(
    post, path = "/api/providers/{id}/update", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    request_body = ProviderUpdateRequest,
    responses(
        (status = 200, body = ProviderUpdateResponse, description = "The provider as it is now."),
        (status = 400, description = "`bad_name`, `bad_base_url`, `address_not_allowed`, `bad_api_key` or `bad_model`."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`builtin` or `secrets_read_only`."),
    ),
)]
pub(super) async fn update_provider(
    State(state): State<ServerState>,
    Admin(access): Admin,
    Id(id): Id<Slug>,
    Body(request): Body<ProviderUpdateRequest>,
) -> Answer<Json<ProviderUpdateResponse>> {
    let old = found(&state, &id).await?;
    if old.kind == ProviderKind::Builtin {
        return Err(write_fault(ProviderWriteError::Builtin));
    }
    let mut key = match request.api_key.as_ref() {
        Some(Some(key)) => Some(Some(key::check(key)?)),
        Some(None) => Some(None),
        None => None,
    };
    let key_removed = key.is_none() && old.secret_ref.is_some() && moves(&old, &request);
    if key_removed {
        key = Some(None);
    }
    let old_ref = old.secret_ref.clone();
    let models = request.models.as_deref().unwrap_or(&[]);
    let models = offered::named(&state, &id, models)?;
    let new = changed(&state, old, &request, key.as_ref())?;
    let services = state.services();
    // The key first: a row that names a key it does not have is worse than a key without a row.
    if let Some(Some(key)) = &key {
        let reference = key::reference(&id)?;
        services
            .secrets
            .set(&reference, key.clone())
            .await
            .map_err(key::secret_fault)?;
    }
    if !services
        .providers
        .update(new.clone(), access.user_id)
        .await
        .map_err(write_fault)?
    {
        return Err(Fault::not_found("provider"));
    }
    if key == Some(None) && old_ref.is_some() {
        key::forget(&state, &key::reference(&id)?).await?;
    }
    if !models.is_empty() {
        services
            .providers
            .put_models(&id, models, access.user_id)
            .await?;
    }
    Ok(Json(ProviderUpdateResponse {
        provider: new.into(),
        key_removed,
    }))
}

/// Whether a change leads to another server.
fn moves(old: &StoredProvider, request: &ProviderUpdateRequest) -> bool {
    let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin());
    match &request.base_url {
        Some(new) => new.as_deref().and_then(origin) != old.base_url.as_deref().and_then(origin),
        None => false,
    }
}

fn changed(
    state: &ServerState,
    mut provider: StoredProvider,
    request: &ProviderUpdateRequest,
    key: Option<&Option<Secret>>,
) -> Answer<StoredProvider> {
    if let Some(name) = &request.display_name {
        provider.display_name = checks::name("display_name", name, NAME_MAX)?;
    }
    if let Some(base_url) = &request.base_url {
        provider.base_url = base_url.as_deref().map(check_url).transpose()?;
        if provider.base_url.is_none() && provider.kind == ProviderKind::OpenaiCompatible {
            return Err(Fault::bad("bad_base_url", "base_url: this kind needs one"));
        }
    }
    match key {
        Some(Some(_)) => {
            provider.secret_ref = Some(key::reference(&provider.id)?);
            provider.auth_kind = AuthKind::ApiKey;
        }
        Some(None) => {
            provider.secret_ref = None;
            provider.auth_kind = AuthKind::None;
        }
        None => {}
    }
    provider.is_enabled = request.is_enabled.unwrap_or(provider.is_enabled);
    provider.updated_at = state.now();
    Ok(provider)
}
