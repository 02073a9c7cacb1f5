//! The tools of a worker and what they are given.

use std::{collections::BTreeMap, future::Future, io, path::Path, pin::Pin, sync::Arc};

use rustix::io::Errno;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::beneath::Directories;
use crate::manifest::Manifest;

/// What a tool is given besides its arguments.
#[derive(Debug, Clone)]
pub struct Call {
    /// What the worker may see.
    pub directories: Arc<Directories>,
    /// Cancelled when nobody waits for the result any more.
    pub cancelled: CancellationToken,
}

impl Call {
    /// Ends a tool that nobody waits for.
    ///
    /// # Errors
    /// The call was cancelled.
    pub fn check(&self) -> Result<(), Failure> {
        if self.cancelled.is_cancelled() {
            return Err(Failure::new("cancelled", "the call was cancelled"));
        }
        Ok(())
    }
}

/// What a tool answers: a sentence and a JSON document. A document with `"truncated": true` says
/// that it was cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// For people, and for models that read only text.
    pub text: String,
    /// The whole result.
    pub value: Value,
}

impl Output {
    /// An answer.
    #[must_use]
    pub fn new(text: impl Into<String>, value: Value) -> Self {
        Self {
            text: text.into(),
            value,
        }
    }
}

/// A tool failed in a way that the model should know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable code, such as `not_found`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

impl Failure {
    /// A failure.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn panicked() -> Self {
        Self::new("panicked", "the tool met a fault of its own and gave up")
    }

    /// The file system said no.
    #[must_use]
    pub fn io(doing: &str, path: impl AsRef<Path>, error: &io::Error) -> Self {
        let path = path.as_ref().to_string_lossy().into_owned();
        let (code, what) = match Errno::from_io_error(error) {
            Some(Errno::NOENT) => ("not_found", "it does not exist".to_owned()),
            Some(Errno::ACCESS | Errno::PERM) => {
                ("permission_denied", "the file system denies it".to_owned())
            }
            Some(Errno::NOTDIR) => ("not_a_directory", "it is no directory".to_owned()),
            Some(_) | None => ("io", error.to_string()),
        };
        Self::new(code, format!("cannot {doing} {path:?}: {what}"))
    }
}

/// What a worker does when its process starts and stops (WK-008).
pub trait Lifecycle: Send + Sync + 'static {
    /// Before the first message.
    ///
    /// # Errors
    /// The worker cannot work; the process ends.
    fn init(&self, directories: &Directories) -> Result<(), Failure> {
        let _ = directories;
        Ok(())
    }
    /// The host answered; calls may come.
    fn start(&self) {}
    /// No call comes any more.
    fn stop(&self) {}
    /// The last thing before the process ends.
    fn dispose(&self) {}
}

struct Nothing;

impl Lifecycle for Nothing {}

pub(super) type Answer = Pin<Box<dyn Future<Output = Result<Output, Failure>> + Send>>;
pub(super) type Handler = Box<dyn Fn(Call, Value) -> Answer + Send + Sync>;

/// A worker: its manifest and its tools.
pub struct Toolbox {
    pub(super) manifest: Manifest,
    pub(super) handlers: BTreeMap<String, Handler>,
    pub(super) lifecycle: Box<dyn Lifecycle>,
}

impl Toolbox {
    /// A worker with the manifest it is embedded with.
    ///
    /// # Errors
    /// The text is no manifest.
    pub fn new(manifest: &str) -> Result<Self, serde_json::Error> {
        Ok(Self {
            manifest: serde_json::from_str(manifest)?,
            handlers: BTreeMap::new(),
            lifecycle: Box::new(Nothing),
        })
    }

    /// The declared tools that are there, in the manifest's order, and any that are not declared.
    #[must_use]
    pub fn tools(&self) -> Vec<&str> {
        let declared = self.manifest.tools.iter().map(|tool| tool.name.as_str());
        let undeclared = self.handlers.keys().map(String::as_str);
        declared
            .filter(|name| self.handlers.contains_key(*name))
            .chain(undeclared.filter(|name| self.manifest.tool(name).is_none()))
            .collect()
    }

    /// Adds a tool that blocks on files; it runs on a thread of its own.
    #[must_use]
    pub fn blocking<A, F>(self, name: &str, tool: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(&Call, A) -> Result<Output, Failure> + Send + Sync + 'static,
    {
        let tool = Arc::new(tool);
        self.tool(name, move |call: Call, args: A| {
            let tool = Arc::clone(&tool);
            async move {
                tokio::task::spawn_blocking(move || tool(&call, args))
                    .await
                    .unwrap_or_else(|_| Err(Failure::panicked()))
            }
        })
    }

    /// Adds a tool.
    #[must_use]
    pub fn tool<A, F, R>(mut self, name: &str, tool: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Call, A) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Output, Failure>> + Send + 'static,
    {
        let handler: Handler = Box::new(move |call, args| match serde_json::from_value(args) {
            Ok(args) => Box::pin(tool(call, args)),
            Err(error) => {
                let failure = Failure::new("bad_arguments", error.to_string());
                Box::pin(std::future::ready(Err(failure)))
            }
        });
        self.handlers.insert(name.to_owned(), handler);
        self
    }

    /// Sets what happens at start and stop.
    #[must_use]
    pub fn lifecycle(mut self, lifecycle: impl Lifecycle) -> Self {
        self.lifecycle = Box::new(lifecycle);
        self
    }
}
