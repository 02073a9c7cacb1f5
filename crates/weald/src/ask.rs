//! Questions a command asks on the terminal, off the threads that drive tasks.

use weald_terminal::prompt::{self, Answer, PromptError};

use crate::{
    context::Context,
    failure::{Failure, Outcome, chain},
};

/// A question of yes or no.
#[derive(Debug)]
pub(crate) struct Question {
    /// The question.
    pub(crate) text: String,
    /// What Enter means.
    pub(crate) default: Answer,
}

/// Asks it; `--yes` answers it, and without anybody to ask it is exit code 8.
pub(crate) async fn confirm(context: &Context, question: Question) -> Outcome<Answer> {
    if context.global.yes {
        return Ok(Answer::Yes);
    }
    if !context.can_ask() {
        return Err(
            Failure::needs_input(format!("{} Nobody can be asked", question.text))
                .hint("answer it with --yes"),
        );
    }
    blocking(move || prompt::confirm(&question.text, question.default)).await
}

/// Runs a prompt where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    prompt: impl FnOnce() -> Result<T, PromptError> + Send + 'static,
) -> Outcome<T> {
    let asked = tokio::task::spawn_blocking(prompt).await;
    Ok(asked.map_err(|error| Failure::needs_input(chain(&error)))??)
}
