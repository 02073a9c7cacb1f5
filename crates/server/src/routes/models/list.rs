//! `GET /api/models/list`.

use axum::{Json, extract::State};
use weald_api::{
    Page, PageQuery,
    provider::{Model, ModelListQuery},
};

use crate::{
    ServerState,
    extract::{Query, Reader},
    fault::Answer,
};

/// Models, by provider and name
#[utoipa::path(
    get, path = "/api/models/list", tag = "providers", params(ModelListQuery),
    responses((status = 200, body = Page<Model>, description = "A page of models.")),
)]
pub(super) async fn list_models(
    State(state): State<ServerState>,
    Reader(_access): Reader,
    Query(query): Query<ModelListQuery>,
) -> Answer<Json<Page<Model>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    }
    .into();
    let models = state
        .services()
        .providers
        .models(query.provider_id.as_ref(), page)
        .await?;
    Ok(Json(Page::of(models)))
}
