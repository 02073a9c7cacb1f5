//! `GET /api/assets/{id}` (MY-29).

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use weald_domain::id::AssetId;

use crate::{
    Fault, ServerState,
    extract::{Id, Reader},
    fault::Answer,
};

/// The bytes of an asset
///
/// Always a download, never a page of this origin: what a tool or a model made may be hostile.
#[utoipa::path(
    get, path = "/api/assets/{id}", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset.")),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Vec<u8>,
            description = "Its bytes, with its own media type."),
        (status = 404, description = "`not_found`."),
    ),
)]
pub(super) async fn get_asset(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Id(id): Id<AssetId>,
) -> Answer<impl IntoResponse> {
    let services = state.services();
    let asset = services.assets.get(&access, id).await?;
    let asset = asset.ok_or_else(|| Fault::not_found("asset"))?;
    let bytes = services.blobs.get(&asset.blob()).await?;
    let bytes: Bytes = bytes.ok_or_else(|| Fault::not_found("file of the asset"))?;
    let plain = HeaderValue::from_static("application/octet-stream");
    let media_type = HeaderValue::try_from(asset.mime_type).unwrap_or(plain);
    let download =
        HeaderValue::try_from(format!("attachment; filename=\"{}\"", asset.relative_path))
            .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, download),
    ];
    Ok((headers, bytes))
}
