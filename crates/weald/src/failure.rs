//! Why a command did not do what it should: what failed, what to do next, and the exit code.

mod from;

pub(crate) use from::bad_setting;

use std::io;

use weald_api::Problem;
use weald_terminal::{
    Console, Paint,
    clean::{clean, clean_json},
};

use crate::exit::Exit;

/// A command that failed. Shown as a message with a hint, or as problem+json with `--json`.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the command ends.
    pub(crate) exit: Exit,
    /// Stable name of the error, for programs.
    code: String,
    /// What failed, with its causes.
    what: String,
    /// What to do next.
    hint: Option<String>,
    /// What the server said, when it said it.
    problem: Option<Box<Problem>>,
}

/// What a command answers.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with a stable code and one sentence.
    pub(crate) fn new(exit: Exit, code: &str, what: impl Into<String>) -> Self {
        Self {
            exit,
            code: code.to_owned(),
            what: what.into(),
            hint: None,
            problem: None,
        }
    }

    /// The same with what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Something a person did with Ctrl+C.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted", "interrupted")
    }

    /// A person would have to answer and cannot.
    pub(crate) fn needs_input(what: impl Into<String>) -> Self {
        Self::new(Exit::NeedsInput, "needs_input", what)
    }

    /// What the server said.
    pub(crate) fn of_problem(problem: Problem) -> Self {
        let hint = problem
            .more
            .get("hint")
            .and_then(|hint| hint.as_str())
            .map(str::to_owned);
        Self {
            exit: Exit::of_status(problem.status),
            code: problem.code.clone(),
            what: problem.detail.clone(),
            hint: hint.or_else(|| hint_for(&problem.code).map(str::to_owned)),
            problem: Some(Box::new(problem)),
        }
    }

    /// The stable name of the error.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// What to do next.
    pub(crate) fn next_step(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The error as a problem document.
    fn document(&self) -> Problem {
        let problem = self.problem.as_deref().cloned();
        let mut problem = problem
            .unwrap_or_else(|| Problem::new(self.exit.status(), &self.code, self.what.clone()));
        problem = problem.with("exit_code", self.exit.code());
        match &self.hint {
            Some(hint) => problem.with("hint", hint.as_str()),
            None => problem,
        }
    }

    /// Says it on standard error. A reader that went away is no error worth a word.
    pub(crate) fn show(&self, console: &mut Console, form: Form) -> io::Result<()> {
        if self.exit == Exit::Ok {
            return Ok(());
        }
        if form == Form::Json {
            let document = serde_json::to_string(&self.document())?;
            return console.complain(&clean_json(&document));
        }
        if self.exit == Exit::Interrupted {
            // Whoever pressed Ctrl+C knows.
            return console.end_line();
        }
        let mark = console.paint_note(Paint::Bad, "error:");
        console.complain(&format!("{mark} {}", clean(&self.what)))?;
        if let Some(hint) = &self.hint {
            let mark = console.paint_note(Paint::Accent, "hint:");
            console.complain(&format!("{mark} {}", clean(hint)))?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

/// In which form results and errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs (`--json`).
    Json,
}

/// What to do about an error of that name.
pub(crate) fn hint_for(code: &str) -> Option<&'static str> {
    match code {
        "conversation_busy" => Some(
            "a session is active in it: wait, stop it in the web app, or answer what it asks \
             (`weald approval list`)",
        ),
        "unauthenticated" => Some("set WEALD_TOKEN to a token of that server"),
        "bad_model" | "unknown_provider" | "model_not_found" => {
            Some("`weald model list` shows what can be used")
        }
        "unknown_variable" => Some(
            "start the server with the variable set: OPENAI_API_KEY, ANTHROPIC_API_KEY, \
             OPENROUTER_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY, GROQ_API_KEY, DEEPSEEK_API_KEY or \
             XAI_API_KEY",
        ),
        "storage_full" => Some(
            "make room on the disk of the data folder and try again: what was acknowledged is kept",
        ),
        "storage_corrupt" => Some(
            "`weald doctor` names the damage; put a copy in the place of the database (`weald db \
             backup` makes them, and the folder `backups` of the data folder has those made \
             before migrations)",
        ),
        "draining" => Some("the server is stopping; try again in a moment"),
        _ => None,
    }
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use weald_terminal::{
        ColourLevel,
        colour::Stream,
        console::{Captured, Chatter},
    };

    use super::*;

    fn shown(failure: &Failure, form: Form) -> String {
        let notes = Captured::default();
        let mut console = Console::new(
            Captured::default().channel(ColourLevel::None, Stream::Other),
            notes.channel(ColourLevel::None, Stream::Other),
            Chatter::Quiet,
            80,
        );
        failure.show(&mut console, form).expect("writes");
        notes.text()
    }

    #[test]
    fn an_error_says_what_failed_and_what_to_do() {
        let failure =
            Failure::new(Exit::NotFound, "not_found", "no such\x1b[2J thing").hint("look");
        assert_eq!(
            shown(&failure, Form::Text),
            "error: no such␛[2J thing\nhint: look\n"
        );
        let document: serde_json::Value =
            serde_json::from_str(&shown(&failure, Form::Json)).expect("JSON");
        assert_eq!(document["status"], 404);
        assert_eq!(document["code"], "not_found");
        assert_eq!(document["exit_code"], 3);
        assert_eq!(document["hint"], "look");
    }

    #[test]
    fn what_the_server_said_is_kept_whole() {
        let problem = Problem::new(409, "conversation_busy", "A session is active.")
            .with("active_session", "s");
        let failure = Failure::of_problem(problem);
        assert_eq!(failure.exit, Exit::Conflict);
        let document: serde_json::Value =
            serde_json::from_str(&shown(&failure, Form::Json)).expect("JSON");
        assert_eq!(document["active_session"], "s");
        assert_eq!(document["exit_code"], 6);
    }

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(
            (failure.exit, shown(&failure, Form::Text)),
            (Exit::Ok, String::new())
        );
    }
}
