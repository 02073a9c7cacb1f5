//! The HTTP surface from outside: bad input, cursors, identity, repeated requests, streams.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod auth;
mod bad_input;
mod busy;
mod caller;
mod config;
mod cursors;
mod edits;
mod fault;
mod idempotency;
mod live;
pub(crate) mod nul;
mod project_form;
mod providers;
mod pulls;
mod routes;
mod whole_output;
