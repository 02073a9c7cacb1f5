//! `POST /api/providers/{id}/update`.

use axum::{Json, extract::State};
use weald_api::provider::{ProviderUpdateRequest, ProviderUpdateResponse};
use weald_domain::{
    ports::ProviderWriteError,
    provider::{Provider as StoredProvider, ProviderKind, ProviderPatch},
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
/// Members that are not named stay as they are, also when somebody else changes them at the same
/// time. Its key belongs to the server it was given for: a base URL of another origin removes the key
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
    let key = match request.api_key.as_ref() {
        Some(Some(key)) => Some(Some(key::check(key)?)),
        Some(None) => Some(None),
        None => None,
    };
    let _edit = state.provider_edits().lock().await;
    let old = found(&state, &id).await?;
    if old.kind == ProviderKind::Builtin {
        return Err(write_fault(ProviderWriteError::Builtin));
    }
    let models = request.models.as_deref().unwrap_or(&[]);
    let models = offered::named(&state, &id, models)?;
    let patch = checked(&old, &request, key.as_ref())?;
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
    let updated = services
        .providers
        .update(&id, patch, access.user_id, state.now())
        .await
        .map_err(write_fault)?;
    let new = updated.ok_or_else(|| Fault::not_found("provider"))?;
    let has_lost_key = old.secret_ref.is_some() && new.secret_ref.is_none();
    if has_lost_key {
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
        key_removed: has_lost_key && key.is_none(),
    }))
}

fn checked(
    old: &StoredProvider,
    request: &ProviderUpdateRequest,
    key: Option<&Option<Secret>>,
) -> Answer<ProviderPatch> {
    let display_name = request.display_name.as_deref();
    let display_name = display_name
        .map(|name| checks::name("display_name", name, NAME_MAX))
        .transpose()?;
    let base_url = match &request.base_url {
        Some(Some(url)) => Some(Some(check_url(url)?)),
        Some(None) if old.kind == ProviderKind::OpenaiCompatible => {
            return Err(Fault::bad("bad_base_url", "base_url: this kind needs one"));
        }
        Some(None) => Some(None),
        None => None,
    };
    let secret_ref = match key {
        Some(Some(_)) => Some(Some(key::reference(&old.id)?)),
        Some(None) => Some(None),
        None => None,
    };
    Ok(ProviderPatch {
        display_name,
        base_url,
        secret_ref,
        is_enabled: request.is_enabled,
    })
}
