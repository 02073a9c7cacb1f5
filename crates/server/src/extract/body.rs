//! JSON bodies: at most 8 MiB, valid UTF-8, at most 64 levels deep.

use std::time::Duration;

use axum::{
    Json,
    body::BodyDataStream,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use serde::de::DeserializeOwned;
use weald_domain::limits::REQUEST_BODY_MAX;

use super::{depth::too_deep, nul};
use crate::{Fault, ServerState, fault::Answer};

/// How much of a refused body is taken off the wire.
const POURED_MAX: usize = 8 * REQUEST_BODY_MAX;
/// How long that may take.
const POURED_WITHIN: Duration = Duration::from_secs(2);

/// How long a caller may take to send a body.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be left out.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<ServerState> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &ServerState) -> Answer<Self> {
        check_media_type(request.headers())?;
        parse(&read_body(request).await?).map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromRequest<ServerState> for OptionalBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &ServerState) -> Answer<Self> {
        let media_type = check_media_type(request.headers());
        let bytes = read_body(request).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        media_type?;
        parse(&bytes).map(Self)
    }
}

/// Reads a body, refusing one above the limit before it is read whole and one that does not come.
pub(crate) async fn read_body(request: Request) -> Answer<Bytes> {
    let read = tokio::time::timeout(BODY_WITHIN, read_whole(request)).await;
    read.unwrap_or_else(|_| {
        let detail = format!("The body did not come within {} s.", BODY_WITHIN.as_secs());
        let close = header::HeaderValue::from_static("close");
        Err(
            Fault::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail)
                .header(header::CONNECTION, close),
        )
    })
}

async fn read_whole(request: Request) -> Answer<Bytes> {
    let told = request.headers().get(header::CONTENT_LENGTH);
    let told = told
        .and_then(|n| n.to_str().ok())
        .and_then(|n| n.parse::<usize>().ok());
    let mut pieces = request.into_body().into_data_stream();
    if told.is_some_and(|told| told > REQUEST_BODY_MAX) {
        pour_away(pieces).await;
        return Err(too_large());
    }
    let mut bytes = BytesMut::with_capacity(told.unwrap_or(0));
    while let Some(piece) = pieces.next().await {
        let cut = |_| Fault::bad("bad_request", "The body ended before it was complete.");
        let piece = piece.map_err(cut)?;
        if bytes.len() + piece.len() > REQUEST_BODY_MAX {
            pour_away(pieces).await;
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

/// Takes some more of a body that is refused and keeps none of it: a caller who is still sending
/// when the connection closes never reads why.
async fn pour_away(mut pieces: BodyDataStream) {
    let pouring = async {
        let mut left = POURED_MAX;
        while let Some(Ok(piece)) = pieces.next().await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(POURED_WITHIN, pouring).await;
}

fn too_large() -> Fault {
    let detail = format!("A JSON body has at most {REQUEST_BODY_MAX} bytes.");
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
        .with("limit", REQUEST_BODY_MAX)
        .header(
            header::CONNECTION,
            header::HeaderValue::from_static("close"),
        )
}

/// Only JSON: no form can send it.
pub(super) fn check_media_type(headers: &HeaderMap) -> Answer<()> {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = media_type
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    match essence {
        Some(essence) if is_json(essence) => Ok(()),
        Some(_) | None => {
            let detail = "The body must be `application/json`.";
            Err(Fault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                detail,
            ))
        }
    }
}

fn is_json(essence: &str) -> bool {
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Parses a body; the detail of a refusal names the member.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Fault::bad("bad_request", "The body is not valid UTF-8."));
    };
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return Err(Fault::bad("bad_request", "The body must be a JSON object."));
    }
    if too_deep(bytes) {
        return Err(Fault::bad("too_deep", "JSON may nest at most 64 levels."));
    }
    nul::check_body(text)?;
    match Json::<T>::from_bytes(bytes) {
        Ok(Json(body)) => Ok(body),
        Err(JsonRejection::JsonDataError(error)) => {
            Err(Fault::bad("bad_request", last_cause(&error)))
        }
        Err(error) => Err(Fault::bad("bad_json", last_cause(&error))),
    }
}

/// The innermost message that still names the member: axum wraps it twice.
fn last_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let text = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    text.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use weald_api::run::RunRequest;

    fn code_of(body: &[u8]) -> (u16, String, String) {
        let Err(fault) = parse::<RunRequest>(body) else {
            panic!("it was taken")
        };
        let problem = fault.problem();
        (problem.status, problem.code.clone(), problem.detail.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_comes_is_given_up() {
        let never =
            axum::body::Body::from_stream(futures::stream::pending::<Result<Bytes, String>>());
        let Err(fault) = read_body(Request::new(never)).await else {
            panic!("it was read")
        };
        assert_eq!(
            (fault.problem().status, fault.problem().code.as_str()),
            (408, "body_timeout")
        );
    }

    #[test]
    fn a_wrong_type_names_its_member() {
        let (status, code, detail) = code_of(br#"{"input": [{"type": "text", "text": 5}]}"#);
        assert_eq!((status, code.as_str()), (400, "bad_request"));
        assert!(detail.contains("input[0].text"), "{detail}");
    }

    #[test]
    fn broken_text_is_refused() {
        assert_eq!(code_of(b"{").1, "bad_json");
        assert_eq!(code_of(b"\"\xff\"").1, "bad_request");
        assert_eq!(code_of("{\"a\":".repeat(100).as_bytes()).1, "too_deep");
        assert_eq!(code_of(b"[]").1, "bad_request");
        assert_eq!(code_of(b"{} {}").1, "bad_json");
    }

    #[test]
    fn an_unknown_member_is_passed_over() {
        assert!(parse::<RunRequest>(br#"{"from_the_future": 1}"#).is_ok());
    }

    #[test]
    fn only_json_is_taken() {
        let check = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static(value),
            );
            check_media_type(&headers).is_ok()
        };
        assert!(check("application/json; charset=utf-8"));
        assert!(!check("text/plain"));
        assert!(!check("application/x-www-form-urlencoded"));
        assert!(check_media_type(&HeaderMap::new()).is_err());
    }
}
