//! `GET /api/providers/{id}/get`.

use axum::{Json, extract::State};
use weald_api::provider::Provider;
use weald_domain::slug::Slug;

use super::found;
use crate::{
    ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// One provider
#[utoipa::path(
    get, path = "/api/providers/{id}/get", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    responses(
        (status = 200, body = Provider, description = "The provider."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_provider(
    State(state): State<ServerState>,
    Reader(_access): Reader,
    Id(id): Id<Slug>,
) -> Answer<Json<Provider>> {
    Ok(Json(found(&state, &id).await?.into()))
}
