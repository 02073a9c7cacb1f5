//! `POST /api/providers/{id}/delete`.

use axum::{extract::State, http::StatusCode};
use weald_domain::slug::Slug;

use super::{found, key, write_fault};
use crate::{
    Fault, ServerState,
    extract::{Admin, Id},
    fault::Answer,
};

/// Remove a provider with its models and its key
#[utoipa::path(
    post, path = "/api/providers/{id}/delete", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`."),
        (status = 409, description = "`builtin`, or `provider_in_use` with `preset_ids`."),
    ),
)]
pub(super) async fn delete_provider(
    State(state): State<ServerState>,
    Admin(access): Admin,
    Id(id): Id<Slug>,
) -> Answer<StatusCode> {
    let _edit = state.provider_edits().lock().await;
    let provider = found(&state, &id).await?;
    let services = state.services();
    let at = state.now();
    if !services
        .providers
        .delete(&id, access.user_id, at)
        .await
        .map_err(write_fault)?
    {
        return Err(Fault::not_found("provider"));
    }
    if provider.secret_ref == Some(key::reference(&id)?) {
        key::forget(&state, &key::reference(&id)?).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
