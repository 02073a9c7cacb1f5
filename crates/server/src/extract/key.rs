//! `Idempotency-Key`.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, Uri},
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use weald_domain::{limits::IDEMPOTENCY_KEY_MAX, ports::RunKey};

use super::body::{check_media_type, parse, read_body};
use crate::{Fault, ServerState, fault::Answer};

/// A JSON body with the key of its request, for routes whose handler keeps the key itself.
pub(crate) struct Keyed<T> {
    pub(crate) body: T,
    pub(crate) key: Option<RunKey>,
}

impl<T: DeserializeOwned + Default> FromRequest<ServerState> for Keyed<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &ServerState) -> Answer<Self> {
        let key = key_of(request.headers())?;
        let media_type = check_media_type(request.headers());
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let bytes = read_body(request).await?;
        let body = if bytes.is_empty() {
            T::default()
        } else {
            media_type.and_then(|()| parse(&bytes))?
        };
        let key = key.map(|key| RunKey {
            key,
            request_hash: request_hash(&method, &uri, &bytes),
        });
        Ok(Self { body, key })
    }
}

/// The key of a request.
pub(crate) fn key_of(headers: &HeaderMap) -> Answer<Option<String>> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if (1..=IDEMPOTENCY_KEY_MAX).contains(&key.len()) => Ok(Some(key.to_owned())),
        Ok(_) | Err(_) => {
            let detail = "`Idempotency-Key` has 1 to 255 visible ASCII characters.";
            Err(Fault::bad("bad_idempotency_key", detail))
        }
    }
}

/// What makes two requests the same.
pub(crate) fn request_hash(method: &Method, uri: &Uri, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    for piece in [method.as_str().as_bytes(), target.as_bytes(), body] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_length() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("idempotency-key", value.parse().expect("a header"));
            key_of(&headers)
        };
        assert_eq!(key_of(&HeaderMap::new()).expect("no key"), None);
        assert_eq!(of("a").expect("a key"), Some("a".into()));
        assert!(of(&"a".repeat(255)).is_ok());
        assert!(of(&"a".repeat(256)).is_err());
        assert!(of("").is_err());
    }

    #[test]
    fn another_path_is_another_request() {
        let hash = |uri: &str, body: &[u8]| {
            request_hash(&Method::POST, &uri.parse().expect("a URI"), body)
        };
        assert_eq!(hash("/a", b"{}"), hash("/a", b"{}"));
        assert_ne!(hash("/a", b"{}"), hash("/b", b"{}"));
        assert_ne!(hash("/a", b"{}"), hash("/a", b"{ }"));
    }
}
