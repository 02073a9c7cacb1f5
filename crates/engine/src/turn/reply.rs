//! The answer being written: what a model says becomes parts of a message and frames for readers.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use weald_domain::{
    event::{
        SessionEvent,
        session::{ContentDelta, ContentDone, ModelSilent, PartOffset, ToolCallArgsDelta},
    },
    id::MessageId,
    limits::{PART_TEXT_MAX, PROVIDER_DATA_MAX},
    message::{FinishReason, Message, Part, PartKind, TextState, ToolPart, ToolState, Trust},
    model::{ModelError, ModelErrorKind, ModelEvent, Usage},
};

/// What a turn does with one thing the model said.
#[derive(Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "lives for one line; a box would cost one allocation per token"
)]
pub(super) enum Said {
    /// Show it.
    Frame(SessionEvent),
    /// A tool call begins: journal it. Its part is `part`.
    Call { part: u32 },
    /// The model stopped.
    Finished(FinishReason),
    /// Nothing to show.
    Nothing,
}

/// Most tool calls of one answer; beyond it the session fails with `too_many_tool_calls`. Each is
/// journaled on its own, with all parts of the message.
const CALLS_MAX: usize = 128;

/// The answer being written.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) message_id: MessageId,
    pub(super) parts: Vec<Part>,
    pub(super) usage: Usage,
    pub(super) started: Instant,
    /// Unicode scalar values of each part.
    lengths: Vec<u64>,
    /// Which text parts have their `content_done`.
    done: Vec<bool>,
    /// Position among the model's calls → part.
    calls: Vec<(u32, usize)>,
    /// Bytes kept for the provider.
    kept_bytes: usize,
}

impl Reply {
    pub(super) fn new(message_id: MessageId, started: Instant) -> Self {
        Self {
            message_id,
            parts: Vec::new(),
            usage: Usage::default(),
            started,
            lengths: Vec::new(),
            done: Vec::new(),
            calls: Vec::new(),
            kept_bytes: 0,
        }
    }

    /// The answer as a crash left it: the parts in storage, and what the live log has beyond them.
    pub(super) fn left_open(message: &Message, frames: impl Iterator<Item = SessionEvent>) -> Self {
        let mut reply = Self::new(message.id, Instant::now());
        reply.parts.clone_from(&message.parts);
        reply.lengths = message.parts.iter().map(length).collect();
        reply.done = message.parts.iter().map(is_done).collect();
        for frame in frames {
            reply.absorb(&frame);
        }
        reply
    }

    fn absorb(&mut self, frame: &SessionEvent) {
        let Some(piece) = frame
            .piece()
            .filter(|piece| piece.message_id == self.message_id)
        else {
            return;
        };
        let at = piece.part as usize;
        if let Some(kind) = piece.kind.filter(|_| at == self.parts.len()) {
            self.push(open_text(kind));
        }
        self.append_at(at, piece.offset, piece.text);
    }

    /// Appends what is new of a piece that begins at `offset`: an overlap is cut.
    fn append_at(&mut self, part: usize, offset: u64, piece: &str) {
        let Some(have) = self.lengths.get(part).copied() else {
            return;
        };
        let Some(known) = have.checked_sub(offset) else {
            return;
        };
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        let fresh: String = piece.chars().skip(known).collect();
        self.append(part, &fresh);
    }

    /// Takes one thing the model said.
    ///
    /// # Errors
    /// A part above 2 MiB, too many calls, or a piece of a call that never began.
    pub(super) fn take(
        &mut self,
        event: ModelEvent,
        new_id: impl FnOnce() -> String,
    ) -> Result<Said, ModelError> {
        match event {
            ModelEvent::Text(delta) => self.text(PartKind::Text, delta),
            ModelEvent::Reasoning(delta) => self.text(PartKind::Reasoning, delta),
            ModelEvent::ReasoningProvider(value) => self.keep_for_provider(value),
            ModelEvent::ToolCall { index, id, name } => self.call(index, id, name, new_id),
            ModelEvent::ToolArgs { index, delta } => self.args(index, delta),
            ModelEvent::Usage(usage) => {
                self.usage = usage;
                Ok(Said::Nothing)
            }
            ModelEvent::Silent(silent) => Ok(Said::Frame(self.silent(silent))),
            ModelEvent::Unknown(raw) => {
                tracing::debug!(%raw, "the provider sent an event of an unknown kind");
                Ok(Said::Nothing)
            }
            ModelEvent::Finished(reason) => Ok(Said::Finished(reason)),
        }
    }

    /// The frame that tells readers of a silence.
    pub(super) fn silent(&self, silent: Duration) -> SessionEvent {
        ModelSilent {
            message_id: self.message_id,
            silent_ms: u64::try_from(silent.as_millis()).unwrap_or(u64::MAX),
        }
        .into()
    }

    /// The last call, when nothing of its arguments came.
    pub(super) fn bare_call(&self) -> Option<&str> {
        let last = self.parts.iter().rev().find_map(|part| match part {
            Part::Tool(tool) => Some(tool),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        })?;
        match &last.state {
            ToolState::InputStreaming { raw } if raw.trim().is_empty() => Some(&last.call_id),
            ToolState::InputStreaming { .. }
            | ToolState::InputAvailable { .. }
            | ToolState::ApprovalRequested { .. }
            | ToolState::Ended { .. } => None,
        }
    }

    fn text(&mut self, kind: PartKind, delta: String) -> Result<Said, ModelError> {
        if delta.is_empty() {
            return Ok(Said::Nothing);
        }
        let last = self.parts.len().checked_sub(1);
        let part = match last
            .filter(|last| !self.done[*last] && kind_of(&self.parts[*last]) == Some(kind))
        {
            Some(last) => last,
            None => self.push(open_text(kind)),
        };
        let offset = self.lengths[part];
        self.append(part, &delta);
        self.check_size(part)?;
        let delta = ContentDelta {
            message_id: self.message_id,
            part: index(part),
            kind,
            offset,
            delta,
        };
        Ok(Said::Frame(delta.into()))
    }

    fn call(
        &mut self,
        call: u32,
        id: String,
        tool: String,
        new_id: impl FnOnce() -> String,
    ) -> Result<Said, ModelError> {
        if self.calls.len() >= CALLS_MAX {
            let message = format!("the model called more than {CALLS_MAX} tools in one answer");
            return Err(model_error("too_many_tool_calls", &message));
        }
        let (id, tool) = (plain(id), plain(tool));
        let taken = self
            .parts
            .iter()
            .any(|part| matches!(part, Part::Tool(tool) if tool.call_id == id));
        let call_id = if id.is_empty() || taken { new_id() } else { id };
        let state = ToolState::InputStreaming { raw: String::new() };
        let part = self.push(Part::Tool(ToolPart {
            call_id,
            tool,
            worker: None,
            title: None,
            state,
        }));
        self.calls.push((call, part));
        Ok(Said::Call { part: index(part) })
    }

    fn args(&mut self, call: u32, delta: String) -> Result<Said, ModelError> {
        let Some((_, part)) = self.calls.iter().rev().find(|(at, _)| *at == call).copied() else {
            return Err(model_error(
                "bad_stream",
                "the provider sent arguments of a call that never began",
            ));
        };
        if delta.is_empty() {
            return Ok(Said::Nothing);
        }
        let offset = self.lengths[part];
        self.append(part, &delta);
        self.check_size(part)?;
        let Some(Part::Tool(tool)) = self.parts.get(part) else {
            return Ok(Said::Nothing);
        };
        let tool_call_id = tool.call_id.clone();
        Ok(Said::Frame(
            ToolCallArgsDelta {
                message_id: self.message_id,
                part: index(part),
                tool_call_id,
                offset,
                delta,
            }
            .into(),
        ))
    }

    /// Keeps what the provider must see again with the thought that just ended. It is replayed in
    /// its place: behind anything else it gets a thought of its own, which readers are told of, so
    /// that they count the parts as we do.
    fn keep_for_provider(&mut self, value: Value) -> Result<Said, ModelError> {
        self.kept_bytes += value.to_string().len();
        if self.kept_bytes > PROVIDER_DATA_MAX {
            return Err(model_error(
                "provider_data_too_large",
                "the provider wants more than 1 MiB kept with one answer",
            ));
        }
        if let Some(Part::Reasoning { provider, .. }) = self.parts.last_mut() {
            match provider {
                Some(Value::Array(kept)) => kept.push(value),
                Some(_) | None => *provider = Some(Value::Array(vec![value])),
            }
            return Ok(Said::Nothing);
        }
        let part = self.push(open_text(PartKind::Reasoning));
        if let Some(Part::Reasoning { provider, .. }) = self.parts.get_mut(part) {
            *provider = Some(Value::Array(vec![value]));
        }
        let delta = ContentDelta {
            message_id: self.message_id,
            part: index(part),
            kind: PartKind::Reasoning,
            offset: 0,
            delta: String::new(),
        };
        Ok(Said::Frame(delta.into()))
    }

    /// The `content_done` events of the text parts that have none yet.
    pub(super) fn close_texts(&mut self) -> Vec<SessionEvent> {
        let mut events = Vec::new();
        for (at, part) in self.parts.iter_mut().enumerate() {
            let Some(kind) = kind_of(part).filter(|_| !self.done[at]) else {
                continue;
            };
            self.done[at] = true;
            if let Part::Text { text, state, .. } | Part::Reasoning { text, state, .. } = part {
                *state = TextState::Done;
                let hash = hex::encode(Sha256::digest(text.as_bytes()));
                let (message_id, part, length) = (self.message_id, index(at), self.lengths[at]);
                events.push(
                    ContentDone {
                        message_id,
                        part,
                        kind,
                        length,
                        hash,
                    }
                    .into(),
                );
            }
        }
        events
    }

    /// Turns the raw arguments of its calls into values. Text that is no JSON stays a string, which
    /// no schema of a tool takes.
    pub(super) fn close_calls(&mut self) {
        for part in &mut self.parts {
            let Part::Tool(tool) = part else { continue };
            if let ToolState::InputStreaming { raw } = &tool.state {
                let raw = raw.trim();
                let input = if raw.is_empty() {
                    Value::Object(serde_json::Map::new())
                } else {
                    serde_json::from_str(raw).unwrap_or_else(|_| Value::String(raw.to_owned()))
                };
                tool.state = ToolState::InputAvailable { input };
            }
        }
    }

    /// How far each part has come.
    pub(super) fn offsets(&self) -> Vec<PartOffset> {
        self.lengths
            .iter()
            .enumerate()
            .map(|(part, offset)| PartOffset {
                part: index(part),
                offset: *offset,
            })
            .collect()
    }

    /// Whether anything was said.
    pub(super) fn has_output(&self) -> bool {
        self.lengths.iter().any(|length| *length > 0) || !self.calls.is_empty()
    }

    fn push(&mut self, part: Part) -> usize {
        self.parts.push(part);
        self.lengths.push(0);
        self.done.push(false);
        self.parts.len() - 1
    }

    fn append(&mut self, part: usize, piece: &str) {
        match self.parts.get_mut(part) {
            Some(Part::Text { text, .. } | Part::Reasoning { text, .. }) => text.push_str(piece),
            Some(Part::Tool(ToolPart {
                state: ToolState::InputStreaming { raw },
                ..
            })) => raw.push_str(piece),
            Some(Part::Tool(_) | Part::Other(_)) | None => return,
        }
        self.lengths[part] += piece.chars().count() as u64;
    }

    fn check_size(&self, part: usize) -> Result<(), ModelError> {
        let size = match self.parts.get(part) {
            Some(Part::Text { text, .. } | Part::Reasoning { text, .. }) => text.len(),
            Some(Part::Tool(ToolPart {
                state: ToolState::InputStreaming { raw },
                ..
            })) => raw.len(),
            Some(Part::Tool(_) | Part::Other(_)) | None => 0,
        };
        if size <= PART_TEXT_MAX {
            return Ok(());
        }
        Err(model_error(
            "part_too_large",
            "a part of the answer is longer than 2 MiB",
        ))
    }
}

fn open_text(kind: PartKind) -> Part {
    match kind {
        PartKind::Text => Part::Text {
            text: String::new(),
            state: TextState::Streaming,
            trust: Trust::Model,
        },
        PartKind::Reasoning => Part::Reasoning {
            text: String::new(),
            state: TextState::Streaming,
            provider: None,
        },
    }
}

fn kind_of(part: &Part) -> Option<PartKind> {
    match part {
        Part::Text { .. } => Some(PartKind::Text),
        Part::Reasoning { .. } => Some(PartKind::Reasoning),
        Part::Tool(_) | Part::Other(_) => None,
    }
}

/// Whether a part has its `content_done`, which is journaled with the checkpoint that says so.
fn is_done(part: &Part) -> bool {
    match part {
        Part::Text { state, .. } | Part::Reasoning { state, .. } => *state == TextState::Done,
        Part::Tool(_) | Part::Other(_) => false,
    }
}

fn length(part: &Part) -> u64 {
    match part {
        Part::Text { text, .. } | Part::Reasoning { text, .. } => text.chars().count() as u64,
        Part::Tool(ToolPart {
            state: ToolState::InputStreaming { raw },
            ..
        }) => raw.chars().count() as u64,
        Part::Tool(_) | Part::Other(_) => 0,
    }
}

/// A name that a provider gives, without what no database and no log takes as it is.
fn plain(name: String) -> String {
    if name.contains(char::is_control) {
        name.replace(char::is_control, "\u{fffd}")
    } else {
        name
    }
}

fn index(part: usize) -> u32 {
    u32::try_from(part).unwrap_or(u32::MAX)
}

fn model_error(code: &str, message: &str) -> ModelError {
    ModelError {
        kind: ModelErrorKind::Provider,
        code: code.into(),
        message: message.into(),
        retryable: false,
        retry_after: None,
    }
}

#[cfg(test)]
mod tests;
