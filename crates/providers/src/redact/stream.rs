//! A model's stream with a secret kept out of it, also where the secret comes in pieces.
//!
//! Of each text only an end that may begin a spelling of the secret waits for the next piece.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt as _};
use serde_json::Value;
use weald_domain::{
    model::{ModelError, ModelEvent},
    ports::models::ModelStream,
    secret::Secret,
};

use super::needles::{COVER, Found, Needles};

/// Keeps `secret` out of what a model says. Without a secret the stream is left as it is.
pub(crate) fn covered(stream: ModelStream, secret: Option<&Secret>) -> ModelStream {
    match secret.and_then(Needles::of) {
        Some(needles) => Covered::new(stream, needles).boxed(),
        None => stream,
    }
}

/// Which text a piece belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Text,
    Reasoning,
    Args(u32),
}

impl Line {
    const fn event(self, delta: String) -> ModelEvent {
        match self {
            Self::Text => ModelEvent::Text(delta),
            Self::Reasoning => ModelEvent::Reasoning(delta),
            Self::Args(index) => ModelEvent::ToolArgs { index, delta },
        }
    }
}

struct Covered {
    stream: ModelStream,
    needles: Needles,
    /// The ends that wait, in the order of their texts.
    held: BTreeMap<Line, String>,
    ready: VecDeque<Result<ModelEvent, ModelError>>,
}

impl Covered {
    const fn new(stream: ModelStream, needles: Needles) -> Self {
        Self {
            stream,
            needles,
            held: BTreeMap::new(),
            ready: VecDeque::new(),
        }
    }

    fn hear(&mut self, event: Result<ModelEvent, ModelError>) {
        match event {
            Ok(ModelEvent::Text(delta)) => self.piece(Line::Text, delta),
            Ok(ModelEvent::Reasoning(delta)) => self.piece(Line::Reasoning, delta),
            Ok(ModelEvent::ToolArgs { index, delta }) => self.piece(Line::Args(index), delta),
            Ok(ModelEvent::ReasoningProvider(value)) => {
                // A signature may stand on a text, too, and must stay behind it.
                self.release(|line| matches!(line, Line::Text | Line::Reasoning));
                let value = self.value(value);
                self.ready
                    .push_back(Ok(ModelEvent::ReasoningProvider(value)));
            }
            Ok(ModelEvent::ToolCall { index, id, name }) => {
                self.release(|line| matches!(line, Line::Text | Line::Reasoning));
                let (id, name) = (self.whole(id), self.whole(name));
                self.ready
                    .push_back(Ok(ModelEvent::ToolCall { index, id, name }));
            }
            Ok(ModelEvent::Unknown(value)) => {
                let value = self.value(value);
                self.ready.push_back(Ok(ModelEvent::Unknown(value)));
            }
            Ok(event @ (ModelEvent::Usage(_) | ModelEvent::Silent(_))) => {
                self.ready.push_back(Ok(event));
            }
            Ok(event @ ModelEvent::Finished(_)) => {
                self.release(|_| true);
                self.ready.push_back(Ok(event));
            }
            Err(mut error) => {
                self.release(|_| true);
                error.message = self.whole(error.message);
                self.ready.push_back(Err(error));
            }
        }
    }

    /// A piece of a text; what waited of another text of the message is over, unless calls are
    /// written side by side.
    fn piece(&mut self, line: Line, delta: String) {
        if delta.is_empty() {
            return;
        }
        if !self.held.is_empty() {
            self.release(|other| other != line && !both_calls(other, line));
        }
        let text = match self.held.remove(&line) {
            Some(held) => held + &delta,
            None => delta,
        };
        let text = self.pass(line, text);
        if !text.is_empty() {
            self.ready.push_back(Ok(line.event(text)));
        }
    }

    /// What of a text may go on; the end that may begin a spelling is held.
    fn pass(&mut self, line: Line, text: String) -> String {
        let Some(mut next) = self.needles.find(&text, 0) else {
            return text;
        };
        let (mut out, mut kept) = (String::new(), 0);
        loop {
            let (at, found) = next;
            out.push_str(&text[kept..at]);
            match found {
                Found::Whole(length) => {
                    out.push_str(COVER);
                    kept = at + length;
                }
                Found::Start => {
                    self.held.insert(line, text[at..].to_owned());
                    return out;
                }
            }
            match self.needles.find(&text, kept) {
                Some(found) => next = found,
                None => {
                    out.push_str(&text[kept..]);
                    return out;
                }
            }
        }
    }

    /// Lets go of the ends that will not be continued.
    fn release(&mut self, over: impl Fn(Line) -> bool) {
        while let Some(line) = self.held.keys().copied().find(|line| over(*line)) {
            if let Some(text) = self.held.remove(&line) {
                let text = self.whole(text);
                self.ready.push_back(Ok(line.event(text)));
            }
        }
    }

    fn whole(&self, text: String) -> String {
        self.needles.covered(&text).unwrap_or(text)
    }

    fn value(&self, value: Value) -> Value {
        match self.needles.covered(&value.to_string()) {
            // A spelling that ran over a boundary of the JSON leaves none: then nothing is kept.
            Some(covered) => serde_json::from_str(&covered).unwrap_or(Value::Null),
            None => value,
        }
    }
}

const fn both_calls(a: Line, b: Line) -> bool {
    matches!((a, b), (Line::Args(_), Line::Args(_)))
}

impl Stream for Covered {
    type Item = Result<ModelEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(event));
            }
            match self.stream.poll_next_unpin(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(event)) => self.hear(event),
                Poll::Ready(None) if self.held.is_empty() => return Poll::Ready(None),
                Poll::Ready(None) => self.release(|_| true),
            }
        }
    }
}

#[cfg(test)]
mod tests;
