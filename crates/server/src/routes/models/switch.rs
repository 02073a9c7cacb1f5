//! `POST /api/providers/{id}/models/switch`: whether a model is offered (MY-28).

use axum::{Json, extract::State};
use weald_api::provider::{Model, ModelSwitchRequest};
use weald_domain::{ports::ProviderWriteError, provider::ProviderKind, slug::Slug};

use crate::{
    Fault, ServerState,
    extract::{Admin, Body, Id},
    fault::Answer,
    routes::providers::{found, write_fault},
};

/// Offer a model or not
///
/// One that is switched off is not called, and stays switched off when the provider is asked for its
/// models again.
#[utoipa::path(
    post, path = "/api/providers/{id}/models/switch", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    request_body = ModelSwitchRequest,
    responses(
        (status = 200, body = Model, description = "The model as it is now."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`: the provider or the model."),
        (status = 409, description = "`builtin`."),
    ),
)]
pub(super) async fn switch_model(
    State(state): State<ServerState>,
    Admin(access): Admin,
    Id(id): Id<Slug>,
    Body(request): Body<ModelSwitchRequest>,
) -> Answer<Json<Model>> {
    if found(&state, &id).await?.kind == ProviderKind::Builtin {
        return Err(write_fault(ProviderWriteError::Builtin));
    }
    let ModelSwitchRequest { model, is_enabled } = request;
    let switched = state
        .services()
        .providers
        .switch_model(&id, &model, is_enabled, access.user_id, state.now())
        .await?;
    switched
        .map(|model| Json(model.into()))
        .ok_or_else(|| Fault::not_found("model"))
}
