//! The HTTP side: every request is checked, then answered.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    Shared,
    answer::{Answer, refuse},
    input, lock, play, protocol, pull,
    wire::Wire,
};

/// Largest body of a request, bytes.
const BODY_MAX: usize = 64 * 1024 * 1024;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/v1/messages", post(messages))
        .route("/v1/responses", post(responses))
        .route("/v1beta/models/{method}", post(generate))
        .route("/v1beta/models", get(models_of_gemini))
        .route("/api/chat", post(chat_of_ollama))
        .route("/api/tags", get(models_of_ollama))
        .route("/api/pull", post(pull::pull))
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
    let is_anthropic = headers.contains_key("anthropic-version");
    let wire = if is_anthropic {
        Wire::Anthropic
    } else {
        Wire::Chat
    };
    if let Some(refusal) = wrong_key(&shared, wire, &headers) {
        return refusal;
    }
    let entry = |model: &String| {
        if is_anthropic {
            let created = "2026-01-01T00:00:00Z";
            json!({"type": "model", "id": model, "display_name": model, "created_at": created})
        } else {
            json!({"id": model, "object": "model", "owned_by": "testkit"})
        }
    };
    let data: Vec<Value> = shared.offered().iter().map(entry).collect();
    axum::Json(if is_anthropic {
        json!({"data": data, "has_more": false, "first_id": null, "last_id": null})
    } else {
        json!({"object": "list", "data": data})
    })
    .into_response()
}

async fn chat(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(shared, Wire::Chat, None, request).await
}

async fn messages(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(shared, Wire::Anthropic, None, request).await
}

async fn responses(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(shared, Wire::Responses, None, request).await
}

async fn chat_of_ollama(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(shared, Wire::Ollama, None, request).await
}

async fn generate(
    State(shared): State<Arc<Shared>>,
    Path(method): Path<String>,
    request: Request,
) -> Response {
    let Some(model) = method.strip_suffix(":streamGenerateContent") else {
        return unknown(State(shared), request).await;
    };
    if request.uri().query() != Some("alt=sse") {
        shared.violate(["an answer is asked for in another form than events".to_owned()]);
    }
    answer(shared, Wire::Gemini, Some(model.to_owned()), request).await
}

async fn models_of_gemini(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(refusal) = wrong_key(&shared, Wire::Gemini, &headers) {
        return refusal;
    }
    let entry = |model: &String| {
        json!({"name": format!("models/{model}"), "displayName": model,
               "inputTokenLimit": 1000, "supportedGenerationMethods": ["generateContent"]})
    };
    let models: Vec<Value> = shared.offered().iter().map(entry).collect();
    axum::Json(json!({"models": models})).into_response()
}

async fn models_of_ollama(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(refusal) = wrong_key(&shared, Wire::Ollama, &headers) {
        return refusal;
    }
    let entry = |model: &String| json!({"name": model, "model": model, "size": 1});
    let models: Vec<Value> = shared.offered().iter().map(entry).collect();
    axum::Json(json!({"models": models})).into_response()
}

/// Checks a request of a wire and plays the answer to it.
async fn answer(
    shared: Arc<Shared>,
    wire: Wire,
    in_path: Option<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(refusal) = wrong_key(&shared, wire, &parts.headers) {
        shared.violate(protocol::headers(&parts.headers));
        return refusal;
    }
    let bytes = axum::body::to_bytes(body, BODY_MAX)
        .await
        .unwrap_or_default();
    let Ok(body) = serde_json::from_slice::<Value>(&bytes) else {
        shared.violate(protocol::headers(&parts.headers));
        shared.violate(["the body is no JSON".to_owned()]);
        return respond(refuse(400, "the body is no JSON"));
    };
    shared.violate(wire.check(&parts.headers, &body, shared.seal));
    let number = {
        let mut requests = lock(&shared.requests);
        requests.push(body.clone());
        requests.len()
    };
    shared.received.send_replace(number);
    let in_body = body.get("model").and_then(Value::as_str);
    let model = in_path.as_deref().or(in_body).unwrap_or("");
    if !shared.rules.models.is_empty() && !shared.rules.models.iter().any(|known| known == model) {
        return respond(refuse(404, &format!("the model `{model}` does not exist")));
    }
    match shared.answer(&body) {
        Answer::Stream { steps, cut_after } => {
            let frames = wire.frames(number, model, shared.seal);
            let words = input::words(&body);
            let body = play::body(Arc::clone(&shared), steps, cut_after, frames, words);
            let kind = [(header::CONTENT_TYPE, wire.content_type())];
            (kind, Body::from_stream(body)).into_response()
        }
        Answer::HoldHeaders => std::future::pending().await,
        refusal @ Answer::Refuse { .. } => respond(refusal),
    }
}

/// The refusal of a request without the key it must carry, or with one it must not carry.
fn wrong_key(shared: &Shared, wire: Wire, headers: &HeaderMap) -> Option<Response> {
    match (&shared.rules.key, wire.key(headers)) {
        (None, None) => None,
        (None, Some(_)) => {
            shared.violate(["a key was sent to a server that needs none".to_owned()]);
            None
        }
        (Some(key), Some(sent)) if sent == key => None,
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
