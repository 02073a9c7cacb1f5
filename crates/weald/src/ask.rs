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

/// Runs a prompt where it may block. When it is let go of before its answer, by a time limit or a
/// stop, the terminal is given back as it was.
pub(crate) async fn blocking<T: Send + 'static>(
    prompt: impl FnOnce() -> Result<T, PromptError> + Send + 'static,
) -> Outcome<T> {
    let open = Open;
    let asked = tokio::task::spawn_blocking(prompt).await;
    std::mem::forget(open);
    Ok(asked.map_err(|error| Failure::needs_input(chain(&error)))??)
}

/// A question without an answer yet.
struct Open;

impl Drop for Open {
    fn drop(&mut self) {
        if let Err(error) = prompt::let_go() {
            tracing::debug!(%error, "the terminal was not given back");
        }
    }
}
