//! The Chat Completions wire, both ways: as a client speaks it and as a server does.
//!
//! Everything here is pure; the client adds HTTP.

pub mod chunk_in;
pub mod chunk_out;
mod message_in;
mod message_out;
pub mod model_list;
mod plain_chunk;
mod reasoning;
pub mod request_in;
pub mod request_out;
mod tool_call;
mod usage;
pub mod wire_error;

/// What one family of servers wants differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `OpenAI`: `max_completion_tokens`, and no reasoning members in requests.
    Openai,
    /// `OpenRouter`: replays `reasoning_details`.
    Openrouter,
    /// Everybody else.
    Compatible,
}

/// The data of the last event of a stream.
pub const DONE: &str = "[DONE]";

#[cfg(test)]
mod transcripts;
