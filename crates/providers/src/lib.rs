//! The model wire: codecs, clients and the built-in models.

pub mod anthropic;
mod bare_call;
pub mod body_in;
pub mod builtin;
mod call_out;
pub mod chat_completions;
pub mod client;
mod context_in;
pub mod failure;
pub mod frame_out;
#[cfg(test)]
mod fuzz;
pub mod gemini;
#[cfg(test)]
mod heard;
pub mod json_lines;
pub mod ollama;
mod opaque;
pub mod redact;
pub mod registry;
pub mod responses;
#[cfg(test)]
mod sample;
pub mod sse;
mod tool_output;
mod tool_result;
mod unknown;
pub mod wire;

pub use client::ClientConfig;
pub use registry::ModelClients;
