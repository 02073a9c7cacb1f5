//! Golden transcripts: what real servers of this wire send, and what must be heard.

mod calls;
mod endings;
mod round_trip;
mod servers;

use weald_domain::model::{ModelError, ModelEvent};

use super::chunk_in::ChunkDecoder;
use crate::{heard::line, sse::SseDecoder, wire::AnswerDecoder as _};

/// Plays the bytes of a stream; one line per event.
fn hear(wire: &str) -> Vec<String> {
    let (events, error) = decode(wire);
    let mut lines: Vec<String> = events.iter().map(line).collect();
    lines.extend(error.map(|error| format!("error {}: {}", error.code, error.message)));
    lines
}

fn decode(wire: &str) -> (Vec<ModelEvent>, Option<ModelError>) {
    let mut sse = SseDecoder::default();
    let mut frames = vec![];
    sse.feed(wire.as_bytes(), &mut frames)
        .expect("within the limit");
    frames.extend(sse.finish());
    let mut chunks = ChunkDecoder::default();
    let mut events = vec![];
    for frame in frames {
        if let Err(error) = chunks.data(&frame.kind, &frame.data, &mut events) {
            return (events, Some(error));
        }
    }
    let error = chunks.end(&mut events).err();
    (events, error)
}

/// A stream whose chunks carry these choices, without any ending.
fn chunks(deltas: &[&str]) -> String {
    let chunk = |delta: &&str| format!("data: {{\"choices\":[{{\"index\":0,{delta}}}]}}\n\n");
    deltas.iter().map(chunk).collect()
}
