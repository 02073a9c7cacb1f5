//! What a request must look like; each function lists what is against it.

pub mod anthropic;
pub mod chat;
pub mod gemini;
pub mod ollama;
pub mod responses;
mod tools;

use axum::http::{HeaderMap, header};

/// Checks the headers of a request, whatever its wire.
pub(super) fn headers(headers: &HeaderMap) -> Vec<String> {
    let mut wrong = vec![];
    // The official Python client asks for JSON even when it wants a stream.
    for (name, expected) in [
        (header::CONTENT_TYPE, &["application/json"][..]),
        (header::ACCEPT, &["text/event-stream", "application/json"]),
    ] {
        let sent = headers.get(&name).and_then(|value| value.to_str().ok());
        let known = |sent: &str| expected.iter().any(|expected| sent.contains(expected));
        if !sent.is_some_and(known) {
            wrong.push(format!(
                "{name} is {sent:?}, expected: {}",
                expected.join(" or ")
            ));
        }
    }
    for name in ["cookie", "referer", "x-forwarded-for"] {
        if headers.contains_key(name) {
            wrong.push(format!("the header {name} has no business here"));
        }
    }
    wrong
}
