//! Plays the bytes of a stream to the reader of its wire, for the tests of every wire.

use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent},
};

use crate::{
    json_lines::LineDecoder,
    redact::Quoter,
    sse::SseDecoder,
    wire::{Framing, Wire},
};

/// What is heard when the stream comes in these pieces.
pub(crate) fn pieces<'a>(
    wire: Wire,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<ModelEvent>, Option<ModelError>) {
    let mut answer = wire.decoder(Quoter::default());
    let mut events = vec![];
    let mut datas: Vec<(String, String)> = vec![];
    match wire.framing() {
        Framing::Events => {
            let mut sse = SseDecoder::default();
            let mut frames = vec![];
            for piece in pieces {
                sse.feed(piece, &mut frames).expect("within the limit");
            }
            frames.extend(sse.finish());
            datas.extend(frames.into_iter().map(|frame| (frame.kind, frame.data)));
        }
        Framing::Lines => {
            let mut decoder = LineDecoder::default();
            let mut lines = vec![];
            for piece in pieces {
                decoder.feed(piece, &mut lines).expect("within the limit");
            }
            lines.extend(decoder.finish());
            datas.extend(lines.into_iter().map(|line| ("message".into(), line)));
        }
    }
    for (kind, data) in datas {
        if let Err(error) = answer.data(&kind, &data, &mut events) {
            return (events, Some(error));
        }
    }
    let error = answer.end(&mut events).err();
    (events, error)
}

/// What is heard of a whole stream; one line per event.
pub(crate) fn lines(wire: Wire, stream: &str) -> Vec<String> {
    let (events, error) = pieces(wire, [stream.as_bytes()]);
    let mut lines: Vec<String> = events.iter().map(line).collect();
    lines.extend(error.map(|error| format!("error {}: {}", error.code, error.message)));
    lines
}

pub(crate) fn line(event: &ModelEvent) -> String {
    match event {
        ModelEvent::Text(text) => format!("text {text:?}"),
        ModelEvent::Reasoning(text) => format!("think {text:?}"),
        ModelEvent::ReasoningProvider(value) => format!("replay {value}"),
        ModelEvent::ToolCall { index, id, name } => format!("call {index} {id} {name}"),
        ModelEvent::ToolArgs { index, delta } => format!("args {index} {delta}"),
        ModelEvent::Usage(usage) => format!(
            "usage in {} (cached {}) out {} (reasoning {}) total {}",
            usage.input, usage.cache_read, usage.output, usage.reasoning, usage.total
        ),
        ModelEvent::Silent(time) => format!("silent {time:?}"),
        ModelEvent::Unknown(value) => format!("unknown {value}"),
        ModelEvent::Finished(reason) => match reason {
            FinishReason::Stop => "stop".into(),
            FinishReason::ToolCalls => "stop for tools".into(),
            FinishReason::Length => "stop at the limit".into(),
            FinishReason::ContentFilter => "stopped by a filter".into(),
            FinishReason::Interrupted | FinishReason::Error => format!("stop {reason:?}"),
        },
    }
}
