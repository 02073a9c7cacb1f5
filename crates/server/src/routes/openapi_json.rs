//! `GET /api/openapi.json`.

use axum::{Router, http::header, routing::get};
use bytes::Bytes;
use utoipa::openapi::OpenApi;

use crate::ServerState;

/// Serves the document as it was made at the start.
pub(super) fn routes(document: &OpenApi) -> Router<ServerState> {
    let json = Bytes::from(document.to_json().unwrap_or_default());
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], json) };
    Router::new().route("/api/openapi.json", get(answer))
}
