//! `Idempotency-Key` on every POST: the same key and body answers the first response again.
//!
//! Run and regenerate are not behind this layer: their key is kept with the session it began, in
//! one transaction (the engine does that).

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use weald_domain::{
    id::UserId,
    limits::REQUEST_BODY_MAX,
    ports::{KeyState, StoredResponse},
};

use crate::{
    Fault, ServerState,
    auth::Caller,
    extract::{key_of, read_body, request_hash},
    fault::Answer,
};

/// Answers a repeated POST with its first response.
pub(crate) async fn idempotency(
    State(state): State<ServerState>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match once(state, request, next).await {
        Ok(response) => response,
        Err(fault) => fault.into_response(),
    }
}

async fn once(state: ServerState, request: Request, next: Next) -> Answer<Response> {
    let Some(key) = key_of(request.headers())? else {
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let owner = Caller::from_request_parts(&mut parts, &state)
        .await?
        .access
        .user_id;
    let request = Request::from_parts(parts.clone(), body);
    let bytes = read_body(request).await?;
    let hash = request_hash(&parts.method, &parts.uri, &bytes);
    match state
        .services()
        .request_keys
        .reserve(owner, &key, &hash, state.now())
        .await?
    {
        KeyState::New => {}
        KeyState::Done(stored) => return Ok(replayed(stored)),
        KeyState::Running => {
            let detail = "The first request with this key has not been answered yet.";
            return Err(Fault::conflict("key_in_use", detail));
        }
        KeyState::OtherRequest => return Err(key_reused()),
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    carry_out(&state, owner, &key, request, next).await
}

/// The key was used with another request (422).
pub(crate) fn key_reused() -> Fault {
    let detail = "This `Idempotency-Key` was used with another request.";
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", detail)
}

/// Answers the first request with a key, and remembers a success.
async fn carry_out(
    state: &ServerState,
    owner: UserId,
    key: &str,
    request: Request,
    next: Next,
) -> Answer<Response> {
    let keys = &state.services().request_keys;
    let response = next.run(request).await;
    if !response.status().is_success() {
        keys.release(owner, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, REQUEST_BODY_MAX)
        .await
        .unwrap_or_else(|_| Bytes::new());
    let stored = StoredResponse {
        status: parts.status.as_u16(),
        body: body.clone(),
    };
    keys.complete(owner, key, stored).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(stored: StoredResponse) -> Response {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Body::from(stored.body)).into_response();
    let headers = response.headers_mut();
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    if status != StatusCode::NO_CONTENT {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    response
}
