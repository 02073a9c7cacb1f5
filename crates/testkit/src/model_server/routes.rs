//! The HTTP side: every request is checked, then answered.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    Shared,
    answer::{Answer, refuse},
    lock, play, protocol,
    wire::Wire,
};

/// Largest body of a request, bytes.
const BODY_MAX: usize = 64 * 1024 * 1024;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/v1/models", get(models))
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .with_state(shared)
}

async fn unknown(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    shared.violate([format!("{method} {path} is no request of this wire")]);
    respond(refuse(404, "no such path"))
}

async fn models(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(refusal) = wrong_key(&shared, &headers) {
        return refusal;
    }
    let entry = |model: &String| json!({"id": model, "object": "model", "owned_by": "testkit"});
    let any = ["stand-in".to_owned()];
    let models = if shared.rules.models.is_empty() {
        &any[..]
    } else {
        &shared.rules.models
    };
    let data: Vec<Value> = models.iter().map(entry).collect();
    axum::Json(json!({"object": "list", "data": data})).into_response()
}

async fn chat(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    shared.violate(protocol::headers(&parts.headers));
    if let Some(refusal) = wrong_key(&shared, &parts.headers) {
        return refusal;
    }
    let bytes = axum::body::to_bytes(body, BODY_MAX)
        .await
        .unwrap_or_default();
    let Ok(body) = serde_json::from_slice::<Value>(&bytes) else {
        shared.violate(["the body is no JSON".to_owned()]);
        return respond(refuse(400, "the body is no JSON"));
    };
    shared.violate(protocol::body(&body));
    let number = {
        let mut requests = lock(&shared.requests);
        requests.push(body.clone());
        requests.len()
    };
    shared.received.send_replace(number);
    let model = body.get("model").and_then(Value::as_str).unwrap_or("");
    if !shared.rules.models.is_empty() && !shared.rules.models.iter().any(|known| known == model) {
        return respond(refuse(404, &format!("the model `{model}` does not exist")));
    }
    match shared.answer(&body) {
        Answer::Stream { steps, cut_after } => {
            let wire = Wire::new(number, model);
            let words = prompt_words(&body);
            let body = play::body(Arc::clone(&shared), steps, cut_after, wire, words);
            let kind = [(header::CONTENT_TYPE, "text/event-stream")];
            (kind, Body::from_stream(body)).into_response()
        }
        Answer::HoldHeaders => std::future::pending().await,
        refusal @ Answer::Refuse { .. } => respond(refusal),
    }
}

/// The refusal of a request without the key it must carry, or with one it must not carry.
fn wrong_key(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let sent = headers.get(header::AUTHORIZATION);
    let sent = sent.map(|value| value.to_str().unwrap_or("(no text)"));
    match (&shared.rules.key, sent) {
        (None, None) => None,
        (None, Some(_)) => {
            shared.violate(["a key was sent to a server that needs none".to_owned()]);
            None
        }
        (Some(key), Some(sent)) if sent.strip_prefix("Bearer ") == Some(key) => None,
        (Some(_), _) => Some(respond(refuse(401, "Incorrect API key provided"))),
    }
}

fn respond(answer: Answer) -> Response {
    let Answer::Refuse {
        status,
        headers,
        body,
    } = answer
    else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::builder().status(status);
    if !headers.iter().any(|(name, _)| name == "content-type") {
        response = response.header(header::CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response
        .body(Body::from(body))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn prompt_words(body: &Value) -> u64 {
    let messages = body.get("messages").and_then(Value::as_array);
    let words = |message: &Value| {
        let content = message.get("content").and_then(Value::as_str);
        content.map_or(0, |content| content.split_whitespace().count() as u64)
    };
    messages.map_or(0, |messages| messages.iter().map(words).sum())
}
