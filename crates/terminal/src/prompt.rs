//! Questions to the person at the terminal. Each blocks its thread until it is answered.

use std::io::{self, stderr};

use crossterm::{
    cursor::Show, event::DisableBracketedPaste, execute, style::Print, terminal::disable_raw_mode,
};
use inquire::{
    Confirm, InquireError, Password, PasswordDisplayMode, Select, Text, set_global_render_config,
    ui::RenderConfig,
};

use crate::colour::ColourLevel;

/// A question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Ctrl+C.
    #[error("interrupted")]
    Interrupted,
    /// Escape, or the terminal went away.
    #[error("the question was not answered")]
    Unanswered,
    /// The terminal cannot be read or written.
    #[error("the terminal cannot be used")]
    Terminal(#[source] InquireError),
}

impl From<InquireError> for PromptError {
    fn from(error: InquireError) -> Self {
        match error {
            InquireError::OperationInterrupted => Self::Interrupted,
            InquireError::OperationCanceled | InquireError::NotTTY => Self::Unanswered,
            other @ (InquireError::InvalidConfiguration(_)
            | InquireError::IO(_)
            | InquireError::Custom(_)) => Self::Terminal(other),
        }
    }
}

/// Asks without colour from now on when the terminal shall have none.
pub fn use_colour(level: ColourLevel) {
    if level == ColourLevel::None {
        set_global_render_config(RenderConfig::empty());
    }
}

/// What a person says to an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This one call.
    Once,
    /// Calls like this in this conversation.
    InConversation,
    /// No.
    Deny {
        /// Why, for the model and the record.
        reason: Option<String>,
    },
}

const ONCE: &str = "Allow once";
const IN_CONVERSATION: &str = "Allow in this conversation";
const DENY: &str = "Deny";

/// Asks for an approval; the question itself stands on the terminal already.
///
/// # Errors
/// There was no answer.
pub fn approval() -> Result<Verdict, PromptError> {
    let choice = Select::new("Allow it?", vec![ONCE, IN_CONVERSATION, DENY])
        .without_filtering()
        .with_help_message("arrows to move, Enter to choose, Esc to leave it open")
        .prompt()?;
    match choice {
        ONCE => Ok(Verdict::Once),
        IN_CONVERSATION => Ok(Verdict::InConversation),
        _ => {
            // Escape leaves the reason out; the denial stands.
            let reason = Text::new("Why? (may stay empty)").prompt_skippable()?;
            let reason = reason.unwrap_or_default().trim().to_owned();
            Ok(Verdict::Deny {
                reason: (!reason.is_empty()).then_some(reason),
            })
        }
    }
}

/// Asks a question of yes or no.
///
/// # Errors
/// There was no answer.
pub fn confirm(question: &str, default: Answer) -> Result<Answer, PromptError> {
    let yes = Confirm::new(question)
        .with_default(default == Answer::Yes)
        .prompt()?;
    Ok(if yes { Answer::Yes } else { Answer::No })
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Asks for a value that is not shown.
///
/// # Errors
/// There was no answer.
pub fn secret(question: &str) -> Result<String, PromptError> {
    Ok(Password::new(question)
        .with_display_mode(PasswordDisplayMode::Hidden)
        .without_confirmation()
        .prompt()?)
}

/// Asks for one line of a conversation; `None` at its end (Ctrl+D, Escape).
///
/// # Errors
/// Ctrl+C, or the terminal cannot be used.
pub fn line(mark: &str) -> Result<Option<String>, PromptError> {
    match Text::new(mark).prompt().map_err(PromptError::from) {
        Ok(text) => Ok(Some(text)),
        Err(PromptError::Unanswered) => Ok(None),
        Err(error @ (PromptError::Interrupted | PromptError::Terminal(_))) => Err(error),
    }
}

/// Gives the terminal back as a question found it that was let go of before its answer: its thread
/// still waits for a key and will not do it.
///
/// # Errors
/// The terminal cannot be written.
pub fn let_go() -> io::Result<()> {
    disable_raw_mode()?;
    execute!(stderr(), DisableBracketedPaste, Show, Print("\n"))
}
