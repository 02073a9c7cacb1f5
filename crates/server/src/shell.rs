//! What goes around every request: a trace id, the host check, panics, the form of errors, and
//! the headers that keep a browser strict.

use std::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt as _;
use tracing::{error, warn};
use weald_api::{Problem, problem::PROBLEM_JSON};

use crate::{
    Fault, ServerState,
    auth::{Peer, check_host},
    fault::Outgoing,
};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The outermost layer.
pub(crate) async fn shell(
    State(state): State<ServerState>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let trusted = matches!(
        request.extensions().get::<Peer>(),
        Some(Peer::OwnUid | Peer::OtherUid)
    );
    let host = check_host(
        request.uri(),
        request.headers(),
        &state.config().allowed_hosts,
    );
    let response = match host {
        Err(fault) if !trusted => fault.into_response(),
        Ok(()) | Err(_) => match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => panicked(),
        },
    };
    let mut response = finish(&state, response, method.as_str(), &path);
    harden(&mut response);
    response
}

fn panicked() -> Response {
    let detail = "Something broke inside the server; the log has the details.";
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
        .because("a handler panicked")
        .into_response()
}

/// Writes the problem of a refused request and logs what failed.
fn finish(state: &ServerState, mut response: Response, method: &str, path: &str) -> Response {
    let status = response.status();
    let outgoing = match response.extensions_mut().remove::<Outgoing>() {
        Some(outgoing) => outgoing,
        None if status.is_client_error() || status.is_server_error() => Outgoing {
            problem: Problem::new(status.as_u16(), code_of(status), reason_of(status)),
            source: None,
        },
        None => return response,
    };
    let Outgoing {
        mut problem,
        source,
    } = outgoing;
    problem.trace_id = trace_id(state);
    if status.is_server_error() {
        let cause = source.map(|source| chain(&**source));
        error!(
            trace_id = problem.trace_id,
            code = problem.code,
            cause,
            "{method} {path} failed"
        );
    } else if let Some(source) = source {
        let cause = chain(&**source);
        warn!(
            trace_id = problem.trace_id,
            code = problem.code,
            cause,
            "{method} {path} refused"
        );
    }
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    Response::from_parts(parts, Body::from(body))
}

/// The error with its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut at = error.source();
    while let Some(cause) = at {
        text = format!("{text}: {cause}");
        at = cause.source();
    }
    text
}

/// The code of a response that the HTTP library made.
fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::NOT_FOUND => "not_found",
        status if status.is_server_error() => "internal",
        _ => "bad_request",
    }
}

fn reason_of(status: StatusCode) -> &'static str {
    status
        .canonical_reason()
        .unwrap_or("The request was refused.")
}

/// Finds a request in the log: a counter of this process and random bytes.
fn trace_id(state: &ServerState) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut random = [0; 8];
    state.services().ids.fill(&mut random);
    format!(
        "{:08x}{}",
        COUNT.fetch_add(1, Ordering::Relaxed) & 0xffff_ffff,
        hex::encode(random)
    )
}

fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CSP),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
