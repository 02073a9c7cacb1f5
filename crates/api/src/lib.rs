//! Wire types of the HTTP API, their `OpenAPI` schemas, and the typed client.
//!
//! The types here are the contract: server, command line, tests and the web app (through the
//! generated document) all read and write these and nothing else.

#[macro_use]
mod macros;

pub mod approval;
pub mod auth;
pub mod chat;
pub mod client;
pub mod config;
pub mod conversation;
pub mod folder;
pub mod health;
pub mod message;
pub mod page;
pub mod preset;
pub mod problem;
pub mod project;
pub mod provider;
pub mod run;
pub mod schema;
pub mod session;
pub mod workspace;

pub use client::{Client, ClientError, Endpoint};
pub use page::{Page, PageQuery};
pub use problem::Problem;
/// The domain types that travel as they are, for surfaces that depend on this crate alone.
pub use weald_domain as domain;
