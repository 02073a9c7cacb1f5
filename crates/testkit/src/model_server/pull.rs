//! Downloads as Ollama tells them: one line for each thing it does, an error as the last one.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{Shared, lock, play::Open};

/// How the download of a model ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullEnd {
    /// The model is there, and listed from then on.
    Success,
    /// The disk is full in the middle.
    DiskFull,
    /// The server goes away in the middle.
    Gone,
    /// It stands still in the middle, until the client hangs up.
    Held,
}

/// Digest of the one big piece of every model.
const DIGEST: &str = "sha256:6a0746a1ec1aef3e7ec53868f220ff6e389f6f8ef87a01d77c96807de94ca2aa";

pub(super) async fn pull(State(shared): State<Arc<Shared>>, body: axum::Json<Value>) -> Response {
    let name = body.get("model").and_then(Value::as_str).unwrap_or("");
    if body.get("stream") == Some(&json!(false)) {
        shared.violate(["a download is asked for without its progress".to_owned()]);
    }
    if name.is_empty() || name.contains(char::is_whitespace) {
        let body = axum::Json(json!({"error": "invalid model name"}));
        return (StatusCode::BAD_REQUEST, body).into_response();
    }
    let is_listed = shared.offered().iter().any(|known| known == name);
    let told = lock(&shared.library).get(name).copied();
    let (lines, after) = match told.or_else(|| is_listed.then_some(PullEnd::Success)) {
        Some(PullEnd::Success) => {
            shared.list(name);
            (whole(), After::End)
        }
        Some(PullEnd::DiskFull) => (
            half([json!({"error": format!(
                "write /root/.ollama/models/blobs/{}-partial: no space left on device",
                DIGEST.replace(':', "-"),
            )})]),
            After::End,
        ),
        Some(PullEnd::Gone) => (half([]), After::Break),
        Some(PullEnd::Held) => (half([]), After::Hold),
        None => {
            let error = json!({"error": "pull model manifest: file does not exist"});
            (
                vec![json!({"status": "pulling manifest"}), error],
                After::End,
            )
        }
    };
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    (kind, body_of(shared, &lines, after)).into_response()
}

/// What comes behind the lines of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    End,
    Break,
    Hold,
}

fn body_of(shared: Arc<Shared>, lines: &[Value], after: After) -> Body {
    let open = Open::new(Arc::clone(&shared));
    let stop = shared.stop.clone();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| Bytes::from(format!("{line}\n")))
        .collect();
    let lines = stream::iter(lines).map(Ok::<_, std::io::Error>);
    let tail = stream::once(async move {
        match after {
            After::End => {}
            After::Break => {
                // A pending body lets the server flush what was written before the break.
                tokio::task::yield_now().await;
                return Some(Err(std::io::ErrorKind::ConnectionAborted.into()));
            }
            After::Hold => stop.cancelled().await,
        }
        drop(open);
        None
    });
    Body::from_stream(lines.chain(tail.filter_map(std::future::ready)))
}

fn piece(completed: Option<u64>) -> Value {
    let mut line = json!({
        "status": "pulling 6a0746a1ec1a", "digest": DIGEST, "total": 4_661_211_808_u64,
    });
    if let Some(completed) = completed {
        line["completed"] = json!(completed);
    }
    line
}

fn half<const N: usize>(more: [Value; N]) -> Vec<Value> {
    let mut lines = vec![
        json!({"status": "pulling manifest"}),
        piece(None),
        piece(Some(241_970)),
        piece(Some(2_330_605_904)),
    ];
    lines.extend(more);
    lines
}

fn whole() -> Vec<Value> {
    half([
        piece(Some(4_661_211_808)),
        json!({"status": "verifying sha256 digest"}),
        json!({"status": "writing manifest"}),
        json!({"status": "success"}),
    ])
}
