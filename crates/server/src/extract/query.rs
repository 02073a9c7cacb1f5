//! Query strings; unknown members are passed over.

use axum::{
    extract::{FromRequestParts, Query as AxumQuery},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::nul;
use crate::{Fault, ServerState, fault::Answer};

/// A query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<ServerState> for Query<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &ServerState) -> Answer<Self> {
        nul::check_query(&parts.uri)?;
        match AxumQuery::<T>::try_from_uri(&parts.uri) {
            Ok(AxumQuery(query)) => Ok(Self(query)),
            Err(error) => {
                let text = std::error::Error::source(&error);
                let detail = text.map_or_else(|| error.to_string(), ToString::to_string);
                Err(Fault::bad("bad_request", format!("query: {detail}")))
            }
        }
    }
}
