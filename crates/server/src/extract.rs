//! What handlers take from a request. Every refusal is a [`Fault`](crate::Fault).

mod body;
mod depth;
mod id;
mod key;
mod nul;
mod query;
mod reader;

pub(crate) use body::{Body, OptionalBody, read_body};
pub(crate) use id::Id;
pub(crate) use key::{Keyed, key_of, request_hash};
pub(crate) use query::Query;
pub(crate) use reader::{Admin, Reader};
