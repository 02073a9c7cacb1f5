//! The wires that this server speaks, each at its own paths.

mod anthropic;
mod chat;
mod gemini;
mod ollama;
mod responses;

use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::Value;

use super::protocol;

/// One of the wires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Chat,
    Anthropic,
    Responses,
    Gemini,
    Ollama,
}

impl Wire {
    /// A writer of one answer, the `number`th of the server whose signatures hold this `seal`.
    pub(super) fn frames(self, number: usize, model: &str, seal: u16) -> Box<dyn Frames> {
        match self {
            Self::Chat => Box::new(chat::ChatFrames::new(number, model)),
            Self::Anthropic => Box::new(anthropic::AnthropicFrames::new(number, model, seal)),
            Self::Responses => Box::new(responses::ResponsesFrames::new(number, model, seal)),
            Self::Gemini => Box::new(gemini::GeminiFrames::new(number, model, seal)),
            Self::Ollama => Box::new(ollama::OllamaLines::new(number, model)),
        }
    }

    /// What is against the protocol in a request.
    pub(super) fn check(self, headers: &HeaderMap, body: &Value, seal: u16) -> Vec<String> {
        let mut wrong = protocol::headers(headers);
        match self {
            Self::Chat => wrong.extend(protocol::chat::body(body)),
            Self::Anthropic => {
                wrong.extend(protocol::anthropic::headers(headers));
                wrong.extend(protocol::anthropic::body(body, seal));
            }
            Self::Responses => wrong.extend(protocol::responses::body(body, seal)),
            Self::Gemini => wrong.extend(protocol::gemini::body(body, seal)),
            Self::Ollama => wrong.extend(protocol::ollama::body(body)),
        }
        wrong
    }

    /// The key that a request carries.
    pub(super) fn key(self, headers: &HeaderMap) -> Option<&str> {
        let header = |name: &str| {
            let value = headers.get(name)?;
            Some(value.to_str().unwrap_or("(no text)"))
        };
        match self {
            Self::Chat | Self::Responses | Self::Ollama => {
                header("authorization").map(|sent| sent.strip_prefix("Bearer ").unwrap_or(sent))
            }
            Self::Anthropic => header("x-api-key"),
            Self::Gemini => header("x-goog-api-key"),
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Chat | Self::Anthropic | Self::Responses | Self::Gemini => "text/event-stream",
            Self::Ollama => "application/x-ndjson",
        }
    }
}

/// Writes the frames of one answer.
pub(super) trait Frames: Send {
    /// What comes before the first word.
    fn start(&mut self) -> Vec<Bytes>;
    fn text(&mut self, text: &str) -> Vec<Bytes>;
    fn thinking(&mut self, text: &str) -> Vec<Bytes>;
    /// A call, its arguments in fragments where the wire has fragments.
    fn call(&mut self, id: &str, name: &str, args: &str) -> Vec<Bytes>;
    /// The end, with a reason in the words of Chat Completions or the one that fits.
    fn finish(&mut self, reason: Option<&str>, usage: (u64, u64)) -> Vec<Bytes>;
    /// An error inside the stream.
    fn error(&mut self, message: &str) -> Vec<Bytes>;
}

/// The signature of a thought, which only the server with this seal makes.
pub(super) fn signature(seal: u16, thought: &str) -> String {
    let sum = thought
        .bytes()
        .fold(7_u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte));
    format!("sig-{seal}-{sum}")
}

/// A text in two halves.
fn halves(text: &str) -> (&str, &str) {
    let middle = (0..=text.len() / 2)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    text.split_at(middle)
}
