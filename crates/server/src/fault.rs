//! Why a request was not carried out, and how it is said: problem+json, always.

use std::{fmt, sync::Arc};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use weald_api::Problem;
use weald_domain::{BoxError, ports::StoreError};

/// A refused or failed request.
pub struct Fault(Box<Inner>);

struct Inner {
    status: StatusCode,
    problem: Problem,
    headers: Vec<(HeaderName, HeaderValue)>,
    source: Option<BoxError>,
}

/// What a handler answers.
pub(crate) type Answer<T> = Result<T, Fault>;

/// The fault of a response on its way out; the outermost layer writes it.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) problem: Problem,
    pub(crate) source: Option<Arc<BoxError>>,
}

impl Fault {
    /// A fault of any kind. `code` is stable: programs read it.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            status,
            problem: Problem::new(status.as_u16(), code, detail),
            headers: Vec::new(),
            source: None,
        }))
    }

    /// The request is wrong (400).
    pub fn bad(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// There is no such thing, or the reader may not know of it (404).
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let detail = format!("There is no such {what}.");
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// The state of a thing forbids it (409).
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The user may not do that (403).
    pub fn forbidden(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// The API knows this member, this release does not (422).
    #[must_use]
    pub fn not_available(what: &str) -> Self {
        let detail = format!("`{what}` is not available in this release.");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_available", detail).with("member", what)
    }

    /// The fault with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.problem = self.0.problem.with(name, value);
        self
    }

    /// The fault with a response header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The fault with what caused it, for the log.
    #[must_use]
    pub fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Its problem.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fault").field(&self.0.problem).finish()
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadPage => Self::bad("bad_cursor", "`after` is not a cursor of this list."),
            StoreError::Unavailable(_) => {
                let detail = "Storage cannot be reached; try again.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "storage_unavailable",
                    detail,
                )
                .because(error)
            }
            StoreError::Full(_) => {
                let detail = "The disk or a quota is full.";
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", detail).because(error)
            }
            StoreError::Corrupt { .. } => {
                let detail = "Stored data is damaged; the log says which.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "storage_corrupt", detail)
                    .because(error)
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let Inner {
            status,
            problem,
            headers,
            source,
        } = *self.0;
        let mut response = status.into_response();
        response.headers_mut().extend(headers);
        response.extensions_mut().insert(Outgoing {
            problem,
            source: source.map(Arc::new),
        });
        response
    }
}
