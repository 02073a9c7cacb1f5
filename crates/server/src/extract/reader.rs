//! Who asks: the [`Access`] that authentication found.

use axum::{extract::FromRequestParts, http::request::Parts};
use weald_domain::access::Access;

use crate::{Fault, ServerState, auth::Caller, fault::Answer};

/// The reader or writer of a request.
pub(crate) struct Reader(pub(crate) Access);

/// A reader who may change the deployment; others get 403.
pub(crate) struct Admin(pub(crate) Access);

impl FromRequestParts<ServerState> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &ServerState) -> Answer<Self> {
        caller(parts).map(|caller| Self(caller.access))
    }
}

impl FromRequestParts<ServerState> for Admin {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &ServerState) -> Answer<Self> {
        let access = caller(parts)?.access;
        if access.is_admin() {
            Ok(Self(access))
        } else {
            Err(Fault::forbidden(
                "admin_only",
                "Only an administrator may do that.",
            ))
        }
    }
}

impl FromRequestParts<ServerState> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &ServerState) -> Answer<Self> {
        caller(parts)
    }
}

/// Absent only on an open route, whose handlers never ask.
fn caller(parts: &Parts) -> Answer<Caller> {
    parts
        .extensions
        .get::<Caller>()
        .cloned()
        .ok_or_else(crate::auth::unauthenticated)
}
