//! The embedded web app.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::Fault;

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
struct WebApp;

/// Shown when the binary was built without the web app.
const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Weald</title><p>Weald is running. This build has no web app: \
    <code>cargo xtask web</code> makes it.</p></html>";

/// Answers what no route answers: a file of the web app, its page, or 404.
pub(crate) async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Fault::not_found("route").into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return method_not_allowed().await.into_response();
    }
    let gzip = accepts_gzip(&headers);
    if !path.is_empty()
        && let Some(response) = file(path, gzip)
    {
        return response;
    }
    if path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
    {
        return Fault::not_found("file").into_response();
    }
    file("index.html", gzip).unwrap_or_else(placeholder)
}

/// The path knows other methods (405).
pub(crate) async fn method_not_allowed() -> Fault {
    let detail = "The path does not answer to that method.";
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim() == "gzip"
                && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    })
}

/// A file of the web app, compressed beforehand when the caller takes that.
fn file(path: &str, gzip: bool) -> Option<Response> {
    let packed = if gzip {
        WebApp::get(&format!("{path}.gz"))
    } else {
        None
    };
    let is_packed = packed.is_some();
    let EmbeddedFile { data, .. } = packed.or_else(|| WebApp::get(path))?;
    let mut response = Body::from(data.into_owned()).into_response();
    let headers = response.headers_mut();
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let media_type = match media_type.type_() {
        mime_guess::mime::TEXT => format!("{media_type}; charset=utf-8"),
        _ => media_type.to_string(),
    };
    if let Ok(value) = HeaderValue::from_str(&media_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(cache_of(path)),
    );
    Some(response)
}

/// Names with a hash never change; everything else is asked for again.
fn cache_of(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn placeholder() -> Response {
    let mut response = Body::from(PLACEHOLDER).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn status(method: Method, path: &'static str) -> u16 {
        fallback(method, Uri::from_static(path), HeaderMap::new())
            .await
            .status()
            .as_u16()
    }

    #[tokio::test]
    async fn pages_fall_back_to_the_app_and_files_and_routes_do_not() {
        assert_eq!(status(Method::GET, "/").await, 200);
        assert_eq!(status(Method::GET, "/conversations/1").await, 200);
        assert_eq!(status(Method::GET, "/assets/none.js").await, 404);
        assert_eq!(status(Method::GET, "/../Cargo.toml").await, 404);
        assert_eq!(status(Method::GET, "/api/none").await, 404);
        assert_eq!(status(Method::POST, "/").await, 405);
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let accepts = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts_gzip(&headers)
        };
        assert!(accepts("br, gzip;q=0.8"));
        assert!(!accepts("br, gzip;q=0"));
        assert!(!accepts("identity"));
    }
}
