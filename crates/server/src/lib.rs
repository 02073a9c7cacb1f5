//! The HTTP surface: routes, server-sent events, identity and the embedded web app.
//!
//! [`router`] is the whole of it for a [`ServerState`]; [`serve()`] runs it on listeners. Every
//! error is problem+json, every route under `/api` wants a credential but the listed ones, and a
//! stream's frames are encoded once for all its readers.

mod auth;
mod checks;
mod config_file;
mod detached;
mod extract;
mod fault;
mod idempotency;
mod known_sources;
mod openapi;
mod routes;
mod serve;
mod shell;
mod sse;
mod state;
mod web_app;

pub use auth::LinkCodes;
pub use config_file::{ConfigFile, ConfigFileError};
pub use fault::Fault;
pub use known_sources::{KEY_VARIABLES, KeyVariable, KnownSources, LocalServer};
pub use openapi::openapi;
pub use routes::router;
pub use serve::{Listeners, serve};
pub use state::{ServerConfig, ServerState, Services};
