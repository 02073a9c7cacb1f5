//! The body of a good answer as the events of a model.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream, stream::BoxStream};
use reqwest::{Response, header::CONTENT_TYPE};
use tokio::time::{Instant, timeout};
use weald_domain::{
    limits::PROVIDER_EVENT_MAX,
    model::{ModelError, ModelErrorKind, ModelEvent},
    ports::models::ModelStream,
};

use super::{
    ClientConfig,
    watch::{Heard, Watched},
};
use crate::{
    failure,
    json_lines::LineDecoder,
    redact::Quoter,
    sse::{SseDecoder, SseEvent},
    wire::{AnswerDecoder, Framing, Wire},
};

/// How long the end of a body is waited for, so that its connection can be used again.
const DRAIN: Duration = Duration::from_millis(20);

/// Streams the events of an answer.
///
/// # Errors
/// `unexpected_content` when the answer is a web page.
pub(super) fn stream(
    response: Response,
    wire: Wire,
    times: (ClientConfig, Instant),
    quoter: Quoter,
) -> Result<ModelStream, ModelError> {
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let body = if kind.starts_with("application/json") {
        Body::Document(Vec::new())
    } else if kind.starts_with("text/html") {
        let message = "the base URL leads to a web page, not to a model";
        let kind = ModelErrorKind::BadRequest;
        return Err(failure::lasting(kind, "unexpected_content", message));
    } else {
        match wire.framing() {
            Framing::Events => Body::Events(SseDecoder::default(), Vec::new()),
            Framing::Lines => Body::Lines(LineDecoder::default(), Vec::new()),
        }
    };
    let pieces = response.bytes_stream().boxed();
    Ok(decode(pieces, body, times, wire.decoder(quoter)))
}

type Pieces<E> = BoxStream<'static, Result<Bytes, E>>;

fn decode<E: Send + 'static>(
    pieces: Pieces<E>,
    body: Body,
    (config, deadline): (ClientConfig, Instant),
    chunks: Box<dyn AnswerDecoder>,
) -> ModelStream {
    let answer = Answer {
        pieces: Watched::new(pieces, config.silent_every, config.idle, deadline),
        body,
        chunks,
        events: Vec::new(),
        queue: VecDeque::new(),
        stage: Stage::Reading,
        config,
    };
    stream::unfold(answer, |mut answer| async move {
        let event = answer.next().await?;
        Some((event, answer))
    })
    .boxed()
}

/// What the body is.
enum Body {
    /// An event stream, and its events that are being read.
    Events(SseDecoder, Vec<SseEvent>),
    /// One document a line, and the lines that are being read.
    Lines(LineDecoder, Vec<String>),
    /// One document, from a server that does not stream.
    Document(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    Over,
}

struct Answer<E> {
    pieces: Watched<Pieces<E>>,
    body: Body,
    chunks: Box<dyn AnswerDecoder>,
    events: Vec<ModelEvent>,
    queue: VecDeque<Result<ModelEvent, ModelError>>,
    stage: Stage,
    config: ClientConfig,
}

impl<E> Answer<E> {
    async fn next(&mut self) -> Option<Result<ModelEvent, ModelError>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                if matches!(event, Ok(ModelEvent::Finished(_))) {
                    self.drain().await;
                }
                return Some(event);
            }
            if self.stage == Stage::Over {
                return None;
            }
            match self.pieces.next().await {
                Heard::Piece(Ok(piece)) => {
                    let read = self.read(&piece);
                    self.settle(read);
                }
                Heard::Silent(time) => return Some(Ok(ModelEvent::Silent(time))),
                Heard::Piece(Err(_)) | Heard::End => self.end(),
                Heard::IdleTimeout(_) if self.chunks.has_finish_reason() => self.end(),
                Heard::IdleTimeout(limit) => {
                    let message = format!("the provider was silent for {} s", limit.as_secs());
                    self.give_up("idle_timeout", message);
                }
                Heard::TotalTimeout => {
                    let limit = self.config.total.as_secs();
                    let message = format!("the answer was not complete after {limit} s");
                    self.give_up("total_timeout", message);
                }
            }
        }
    }

    fn read(&mut self, piece: &[u8]) -> Result<(), ModelError> {
        match &mut self.body {
            Body::Events(decoder, frames) => {
                let fed = decoder.feed(piece, frames);
                for frame in frames.drain(..) {
                    self.chunks
                        .data(&frame.kind, &frame.data, &mut self.events)?;
                }
                fed.map_err(|error| too_large(&error.to_string()))
            }
            Body::Lines(decoder, lines) => {
                let fed = decoder.feed(piece, lines);
                for line in lines.drain(..) {
                    self.chunks.data("message", &line, &mut self.events)?;
                }
                fed.map_err(|error| too_large(&error.to_string()))
            }
            Body::Document(bytes) => {
                bytes.extend_from_slice(piece);
                if bytes.len() > PROVIDER_EVENT_MAX {
                    return Err(too_large("the answer is longer than the limit"));
                }
                Ok(())
            }
        }
    }

    /// The body is over, or as good as over.
    fn end(&mut self) {
        let ended = match &mut self.body {
            Body::Events(decoder, _) => match std::mem::take(decoder).finish() {
                Some(frame) => self.chunks.data(&frame.kind, &frame.data, &mut self.events),
                None => Ok(()),
            },
            Body::Lines(decoder, _) => match std::mem::take(decoder).finish() {
                Some(line) => self.chunks.data("message", &line, &mut self.events),
                None => Ok(()),
            },
            Body::Document(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                self.chunks.data("message", &text, &mut self.events)
            }
        };
        let ended = ended.and_then(|()| self.chunks.end(&mut self.events));
        self.settle(ended);
    }

    fn give_up(&mut self, code: &str, message: String) {
        let error = failure::passing(ModelErrorKind::Timeout, code, message);
        self.settle(Err(error));
    }

    /// Queues what was read, and the error that ended it.
    fn settle(&mut self, read: Result<(), ModelError>) {
        if read.is_err() && !self.chunks.has_ended() {
            self.chunks.cut(&mut self.events);
        }
        self.queue.extend(self.events.drain(..).map(Ok));
        if let Err(error) = read {
            self.queue.push_back(Err(error));
            self.stage = Stage::Over;
        } else if self.chunks.has_ended() {
            self.stage = Stage::Over;
        } else if self.chunks.has_finish_reason() {
            self.pieces.hurry(self.config.grace);
        }
    }

    async fn drain(&mut self) {
        let rest = async { while let Heard::Piece(Ok(_)) = self.pieces.next().await {} };
        // A server that keeps the connection open only loses its reuse.
        let _ = timeout(DRAIN, rest).await;
    }
}

fn too_large(message: &str) -> ModelError {
    failure::lasting(ModelErrorKind::TooLarge, "event_too_large", message)
}

#[cfg(test)]
mod tests;
