//! `Idempotency-Key` on every POST: the same key and body answers the first response again.
//!
//! Run and regenerate are not behind this layer: their key is kept with the session it began, in
//! one transaction (the engine does that).

use std::panic::{AssertUnwindSafe, resume_unwind};

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::FutureExt as _;
use tracing::warn;
use weald_domain::{
    id::UserId,
    limits::REQUEST_BODY_MAX,
    ports::{KeyState, RequestKeys, StoredResponse},
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
    let keys = &*state.services().request_keys;
    Ok(carry_out(keys, owner, &key, next.run(request)).await)
}

/// The key was used with another request (422).
pub(crate) fn key_reused() -> Fault {
    let detail = "This `Idempotency-Key` was used with another request.";
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", detail)
}

/// Answers the first request with a key, and remembers a success.
async fn carry_out(
    keys: &dyn RequestKeys,
    owner: UserId,
    key: &str,
    work: impl Future<Output = Response>,
) -> Response {
    let response = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            free(keys, owner, key).await;
            resume_unwind(panic);
        }
    };
    if !response.status().is_success() || is_stream(&response) {
        free(keys, owner, key).await;
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, REQUEST_BODY_MAX)
        .await
        .unwrap_or_else(|_| Bytes::new());
    let stored = StoredResponse {
        status: parts.status.as_u16(),
        body: body.clone(),
    };
    if let Err(error) = keys.complete(owner, key, stored).await {
        // It was done: to answer with an error would invite to do it again.
        warn!(%error, "the response of a request with a key is not kept");
    }
    Response::from_parts(parts, Body::from(body))
}

/// A stream is read as it comes; nothing could answer it again.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "text/event-stream")
}

/// Frees the key of a request that was not carried out. What fails here is settled by the next
/// start.
async fn free(keys: &dyn RequestKeys, owner: UserId, key: &str) {
    if let Err(error) = keys.release(owner, key).await {
        warn!(%error, "the key of a refused request stays in use");
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use uuid::Uuid;
    use weald_domain::{ports::StoreError, time::UnixMillis};

    use super::*;

    /// Says what was done to it; it keeps nothing.
    #[derive(Default)]
    struct Unkept(Mutex<Vec<&'static str>>);

    impl Unkept {
        fn done(&self) -> Vec<&'static str> {
            self.0.lock().expect("no panic").clone()
        }

        fn note(&self, what: &'static str) -> Result<(), StoreError> {
            self.0.lock().expect("no panic").push(what);
            Err(StoreError::Unavailable("gone".into()))
        }
    }

    #[async_trait]
    impl RequestKeys for Unkept {
        async fn reserve(
            &self,
            _: UserId,
            _: &str,
            _: &str,
            _: UnixMillis,
        ) -> Result<KeyState, StoreError> {
            Ok(KeyState::New)
        }

        async fn complete(&self, _: UserId, _: &str, _: StoredResponse) -> Result<(), StoreError> {
            self.note("complete")
        }

        async fn release(&self, _: UserId, _: &str) -> Result<(), StoreError> {
            self.note("release")
        }
    }

    #[tokio::test]
    async fn a_request_that_panics_gives_its_key_back() {
        let keys = Unkept::default();
        let work = carry_out(&keys, UserId(Uuid::nil()), "k", async {
            panic!("on purpose")
        });
        assert!(AssertUnwindSafe(work).catch_unwind().await.is_err());
        assert_eq!(keys.done(), ["release"]);
    }

    #[tokio::test]
    async fn what_was_done_is_answered_though_its_response_is_not_kept() {
        let keys = Unkept::default();
        let done = async { (StatusCode::CREATED, "made").into_response() };
        let response = carry_out(&keys, UserId(Uuid::nil()), "k", done).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let body = to_bytes(response.into_body(), 100).await.expect("a body");
        assert_eq!((&*body, keys.done()), (&b"made"[..], vec!["complete"]));
    }
}
