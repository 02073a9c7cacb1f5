//! The model wire: codecs, clients and the built-in models.

pub mod builtin;
pub mod chat_completions;
pub mod client;
pub mod failure;
pub mod redact;
pub mod registry;
#[cfg(test)]
mod sample;
pub mod sse;
mod tool_output;

pub use client::ClientConfig;
pub use registry::ModelClients;
