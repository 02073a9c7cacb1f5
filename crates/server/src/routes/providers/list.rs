//! `GET /api/providers/list`.

use axum::{Json, extract::State};
use weald_api::{Page, PageQuery, provider::Provider};

use crate::{
    ServerState,
    extract::{Query, Reader},
    fault::Answer,
};

/// Providers, by name
#[utoipa::path(
    get, path = "/api/providers/list", tag = "providers", params(PageQuery),
    responses((status = 200, body = Page<Provider>, description = "A page of providers.")),
)]
pub(super) async fn list_providers(
    State(state): State<ServerState>,
    Reader(_access): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Provider>>> {
    let providers = state.services().providers.list(page.into()).await?;
    Ok(Json(Page::of(providers)))
}
