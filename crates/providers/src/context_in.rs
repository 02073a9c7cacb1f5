//! A context that is being read from posted messages: calls find their results.

use std::collections::HashMap;

use serde_json::Value;
use weald_domain::{
    message::{Outcome, Part, Role, TextState, ToolPart, ToolState, Trust},
    model::ContextMessage,
};

/// The messages read so far.
#[derive(Debug, Default)]
pub(crate) struct ContextReader {
    messages: Vec<ContextMessage>,
    /// Calls that wait for their result: where they stand.
    open: HashMap<String, (usize, usize)>,
    /// Whether a result came since the assistant last spoke; what it says next is another message.
    answered: bool,
}

impl ContextReader {
    /// Adds a part to the message of the assistant that is being read, or begins one.
    pub(crate) fn assistant(&mut self, part: Part) {
        let goes_on = !std::mem::take(&mut self.answered);
        let is_assistant = |last: &&mut ContextMessage| goes_on && last.role == Role::Assistant;
        if let Some(last) = self.messages.last_mut().filter(is_assistant) {
            last.parts.push(part);
        } else {
            self.messages.push(ContextMessage {
                role: Role::Assistant,
                parts: vec![part],
            });
        }
        self.note_call();
    }

    /// Begins a message of the assistant with these parts.
    pub(crate) fn begin_assistant(&mut self, parts: Vec<Part>) {
        self.answered = false;
        self.messages.push(ContextMessage {
            role: Role::Assistant,
            parts: vec![],
        });
        for part in parts {
            self.assistant(part);
        }
    }

    fn note_call(&mut self) {
        let Some(message) = self.messages.len().checked_sub(1) else {
            return;
        };
        let parts = self.messages.last().map(|message| &message.parts);
        if let Some(parts) = parts
            && let Some(Part::Tool(tool)) = parts.last()
        {
            let place = (message, parts.len() - 1);
            self.open.insert(tool.call_id.clone(), place);
        }
    }

    /// Adds a message of one text.
    pub(crate) fn text(&mut self, role: Role, text: String, trust: Trust) {
        let parts = vec![Part::Text {
            text,
            state: TextState::Done,
            trust,
        }];
        self.messages.push(ContextMessage { role, parts });
    }

    /// Gives a call its result; false when no open call has this id.
    #[must_use]
    pub(crate) fn result(&mut self, id: &str, outcome: Outcome, text: String) -> bool {
        let Some((message, part)) = self.open.remove(id) else {
            return false;
        };
        self.answered = true;
        let part = self
            .messages
            .get_mut(message)
            .and_then(|message| message.parts.get_mut(part));
        if let Some(Part::Tool(tool)) = part {
            tool.state = ToolState::Ended {
                input: tool.input().cloned().unwrap_or_default(),
                outcome,
                output: Value::String(text),
                duration_ms: 0,
                truncated: false,
                asset_ids: Vec::new(),
            };
        }
        true
    }

    /// The id of the oldest open call of a tool, for wires whose results name no id.
    pub(crate) fn open_call_of(&self, tool: &str) -> Option<String> {
        let name_at = |(message, part): &(usize, usize)| match self
            .messages
            .get(*message)?
            .parts
            .get(*part)?
        {
            Part::Tool(tool) => Some(tool.tool.as_str()),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        };
        let of_tool = |(_, place): &(&String, &(usize, usize))| name_at(place) == Some(tool);
        let oldest = self.open.iter().filter(of_tool).min_by_key(|(_, at)| **at);
        oldest.map(|(id, _)| id.clone())
    }

    pub(crate) fn finish(self) -> Vec<ContextMessage> {
        self.messages
    }
}

/// A finished text of the model.
pub(crate) fn said(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        state: TextState::Done,
        trust: Trust::Model,
    }
}

/// A thought, with what was kept for its provider.
pub(crate) fn thought(text: &str, kept: Option<Value>) -> Part {
    Part::Reasoning {
        text: text.to_owned(),
        state: TextState::Done,
        provider: kept.map(|kept| Value::Array(vec![kept])),
    }
}

/// A call without its result.
pub(crate) fn call(call_id: &str, tool: &str, input: Value) -> Part {
    Part::Tool(ToolPart {
        call_id: call_id.to_owned(),
        tool: tool.to_owned(),
        worker: None,
        title: None,
        state: ToolState::InputAvailable { input },
    })
}
