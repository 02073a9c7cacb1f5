//! Ollama's own wire, both ways: as a client speaks it and as a server does.
//!
//! Everything here is pure; the client adds HTTP. A stream is one JSON document a line.

pub mod line_in;
pub mod line_out;
mod message_in;
mod message_out;
pub mod model_list;
pub mod pull;
pub mod request_in;
pub mod request_out;
mod usage;

#[cfg(test)]
mod transcripts;

/// A stream with all that this wire says.
#[cfg(test)]
pub(crate) const FULL_STREAM: &str = concat!(
    r#"{"model":"qwen3","created_at":"2026-11-24T16:00:00.123456789Z","message":{"role":"assistant","content":"","thinking":"Let me"},"done":false}"#,
    "\n",
    r#"{"model":"qwen3","created_at":"2026-11-24T16:00:00.2Z","message":{"role":"assistant","content":"","thinking":" see."},"done":false}"#,
    "\n",
    r#"{"model":"qwen3","created_at":"2026-11-24T16:00:00.3Z","message":{"role":"assistant","content":"Grüße"},"done":false}"#,
    "\n",
    r#"{"model":"qwen3","created_at":"2026-11-24T16:00:00.4Z","message":{"role":"assistant","content":", 🙂.","tool_calls":[{"function":{"name":"fs_list","arguments":{"path":"ä"}}}]},"done":false}"#,
    "\n",
    r#"{"model":"qwen3","created_at":"2026-11-24T16:00:00.5Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"call_x","function":{"index":1,"name":"git_status","arguments":{}}}]},"done":false}"#,
    "\n",
    r#"{"model":"qwen3","created_at":"2026-11-24T16:00:00.6Z","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":4935886791,"load_duration":534986708,"prompt_eval_count":26,"prompt_eval_duration":107345000,"eval_count":237,"eval_duration":4289432000}"#,
    "\n",
);
