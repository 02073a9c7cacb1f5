//! A change that was begun is carried out, whether or not the caller still listens.

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{Fault, ServerState};

/// Runs every POST in a task of its own: a connection that breaks drops the answer, never the work
/// half-way.
pub(crate) async fn detached(
    State(state): State<ServerState>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let work = state.tasks().spawn(next.run(request));
    work.await.unwrap_or_else(|error| {
        let detail = "Something broke inside the server; the log has the details.";
        Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
            .because(error)
            .into_response()
    })
}
