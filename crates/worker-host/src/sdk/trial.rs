//! A worker on trial: its real process with chosen directories, called without host and broker,
//! for the tests of workers.

use std::{path::PathBuf, time::Duration};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use weald_domain::tool::ToolContent;

use crate::{
    answer,
    config::WorkerCommand,
    process::{Launch, Process, ProcessError},
    roots::Roots,
};

/// The process failed, not the tool.
#[derive(Debug, thiserror::Error)]
#[error("the worker failed: {0}")]
pub struct TrialError(String);

/// What a tool answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The sentence.
    pub text: String,
    /// The JSON document; null when there is none.
    pub value: Value,
    /// Whether the tool says that it failed.
    pub is_error: bool,
    /// Whether the result was cut.
    pub truncated: bool,
}

impl Answered {
    /// The code of a failure.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.value.pointer("/error/code").and_then(Value::as_str)
    }
}

/// A running worker.
pub struct Trial {
    process: Process,
}

impl Trial {
    /// Starts a program as the worker `id` with `PATH` and nothing else in its environment.
    ///
    /// # Errors
    /// It did not start.
    pub async fn start(program: PathBuf, id: &str, roots: Roots) -> Result<Self, TrialError> {
        let path = ("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into());
        let launch = Launch {
            command: WorkerCommand {
                program,
                args: vec![],
                env: vec![path],
            },
            id: id.to_owned(),
            roots,
            start_timeout: Duration::from_secs(20),
        };
        let process = Process::start(&launch, &TaskTracker::new(), &watch::channel(0).0).await;
        process.map(|process| Self { process }).map_err(failed)
    }

    /// Calls a tool. Paths are taken as they are: absolute, as the broker would hand them over.
    ///
    /// # Errors
    /// The process ended, hung, or answered nonsense.
    pub async fn call(&mut self, tool: &str, args: Value) -> Result<Answered, TrialError> {
        let result = self
            .process
            .call(tool, &args, Duration::from_secs(60))
            .await;
        let answer = answer::stored(result.map_err(failed)?);
        let mut answered = Answered {
            text: String::new(),
            value: Value::Null,
            is_error: answer.is_error,
            truncated: answer.truncated,
        };
        for content in answer.content {
            match content {
                ToolContent::Text { text } => answered.text.push_str(&text),
                ToolContent::Json { value } => answered.value = value,
            }
        }
        Ok(answered)
    }
}

fn failed(error: ProcessError) -> TrialError {
    TrialError(format!("{error:?}"))
}
