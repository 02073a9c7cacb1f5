//! What a model is shown: the messages of its branch, oldest first.

use weald_domain::{
    message::{Message, Part, Role},
    model::ContextMessage,
};

/// The context of a call: every message of the branch that says something.
pub(crate) fn context(branch: &[Message]) -> Vec<ContextMessage> {
    branch
        .iter()
        .filter(|message| !message.parts.is_empty())
        .map(|message| ContextMessage {
            role: message.role,
            parts: message.parts.clone(),
        })
        .collect()
}

/// The text of the newest user message.
pub(crate) fn last_input(branch: &[Message]) -> String {
    branch
        .iter()
        .rev()
        .find(|message| message.role == Role::User)
        .map(|message| {
            message
                .parts
                .iter()
                .filter_map(Part::text)
                .collect::<Vec<_>>()
                .join("\n")
        })
        .unwrap_or_default()
}
