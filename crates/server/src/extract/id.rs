//! The `{id}` of a path.

use std::{collections::HashMap, str::FromStr};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::{Fault, ServerState, fault::Answer};

/// The `{id}` of a path: a UUID or a slug. Malformed: 400 `bad_id`.
pub(crate) struct Id<T>(pub(crate) T);

impl<T> FromRequestParts<ServerState> for Id<T>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Answer<Self> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let text = path.ok().and_then(|mut path| path.0.remove("id"));
        let text = text.ok_or_else(|| Fault::bad("bad_id", "The id in the path is not text."))?;
        match text.parse() {
            Ok(id) => Ok(Self(id)),
            Err(error) => Err(Fault::bad("bad_id", error.to_string())),
        }
    }
}
