//! What the built-in models read from a context.

use weald_domain::{
    message::{Part, Role, ToolPart},
    model::{ContextMessage, ModelRequest, Usage},
};

/// The text of the last user message.
#[must_use]
pub fn last_user_text(messages: &[ContextMessage]) -> Option<String> {
    messages
        .iter()
        .rfind(|message| message.role == Role::User)
        .map(|message| message.parts.iter().filter_map(Part::text).collect())
}

/// The tool calls made since the last user message, oldest first.
#[must_use]
pub fn calls_since_user(messages: &[ContextMessage]) -> Vec<&ToolPart> {
    let start = messages
        .iter()
        .rposition(|message| message.role == Role::User)
        .map_or(0, |at| at + 1);
    messages
        .get(start..)
        .unwrap_or_default()
        .iter()
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::Tool(tool) => Some(tool),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        })
        .collect()
}

/// Counts what a call read and said, in words.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordCount {
    input: u64,
    text: u64,
    reasoning: u64,
}

impl WordCount {
    /// Counts the words of a request.
    #[must_use]
    pub fn of(request: &ModelRequest) -> Self {
        let system = request.system.as_deref().map_or(0, words);
        let messages: u64 = request
            .messages
            .iter()
            .flat_map(|message| &message.parts)
            .map(part_words)
            .sum();
        Self {
            input: system + messages,
            ..Self::default()
        }
    }

    /// Counts a piece of the answer.
    pub fn say(&mut self, text: &str) {
        self.text += words(text);
    }

    /// Counts a piece of thinking.
    pub fn think(&mut self, text: &str) {
        self.reasoning += words(text);
    }

    /// The count as usage of one call.
    #[must_use]
    pub const fn usage(self) -> Usage {
        let output = self.text + self.reasoning;
        Usage {
            input: self.input,
            output,
            cache_read: 0,
            cache_write: 0,
            reasoning: self.reasoning,
            total: self.input + output,
            requests: 1,
        }
    }
}

fn words(text: &str) -> u64 {
    text.split_whitespace().count() as u64
}

fn part_words(part: &Part) -> u64 {
    match part {
        Part::Text { text, .. } | Part::Reasoning { text, .. } => words(text),
        Part::Tool(tool) => tool.input().map_or(0, |input| words(&input.to_string())),
        Part::Other(_) => 0,
    }
}
