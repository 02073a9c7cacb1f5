//! Gemini's `generateContent` wire, both ways: as a client speaks it and as a server does.
//!
//! Everything here is pure; the client adds HTTP. The model stands in the address, not in the body.

pub mod chunk_in;
pub mod chunk_out;
mod content_in;
mod content_out;
pub mod model_list;
pub mod request_in;
pub mod request_out;
mod signature;
mod usage;

/// The name under which this wire keeps what it must see again.
const WIRE: &str = "gemini";

#[cfg(test)]
mod transcripts;

/// A stream with all that this wire says.
#[cfg(test)]
pub(crate) const FULL_STREAM: &str = concat!(
    r#"data: {"candidates":[{"content":{"parts":[{"text":"Let me see.","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":30,"totalTokenCount":30},"modelVersion":"gemini-x","responseId":"r1"}"#,
    "\n\n",
    r#"data: {"candidates":[{"content":{"parts":[{"text":"Grüße"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":30,"candidatesTokenCount":4,"thoughtsTokenCount":9,"totalTokenCount":43},"modelVersion":"gemini-x","responseId":"r1"}"#,
    "\n\n",
    r#"data: {"candidates":[{"content":{"parts":[{"text":", 🙂.","thoughtSignature":"AbC="}],"role":"model"},"index":0}],"modelVersion":"gemini-x","responseId":"r1"}"#,
    "\n\n",
    r#"data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"fs_list","args":{"path":"ä"}},"thoughtSignature":"DeF="},{"functionCall":{"id":"x1","name":"git_status"}}],"role":"model"},"index":0}],"modelVersion":"gemini-x","responseId":"r1"}"#,
    "\n\n",
    r#"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":30,"candidatesTokenCount":20,"cachedContentTokenCount":8,"thoughtsTokenCount":9,"totalTokenCount":59},"modelVersion":"gemini-x","responseId":"r1"}"#,
    "\n\n",
);
