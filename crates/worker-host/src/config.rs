//! What the caller decides about workers; only the binary reads environment and files.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use semver::Version;

/// A program with its arguments and environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Arguments before the worker's id.
    pub args: Vec<OsString>,
    /// The whole environment of the process, besides what the host hands over itself.
    pub env: Vec<(OsString, OsString)>,
}

/// How workers are run.
#[derive(Debug, Clone)]
pub struct Config {
    /// How a built-in worker is started; its id is the last argument.
    pub builtin: WorkerCommand,
    /// Version of this program, for the manifests' `engines`.
    pub version: Version,
    /// How long a process may take until it answers the first time.
    pub start_timeout: Duration,
    /// How long one call may take.
    pub call_timeout: Duration,
    /// How long a process without a call is kept.
    pub idle: Duration,
    /// How long a process that was told to stop may take.
    pub grace: Duration,
    /// Most processes that work for one owner at a time; further calls wait.
    pub busy_per_owner: usize,
    /// Most processes without a call that are kept for one owner.
    pub idle_per_owner: usize,
    /// How many failures in a row disable a worker for an owner.
    pub failures: u32,
    /// The pause after the first failure; it doubles with each.
    pub backoff: Duration,
}

impl Config {
    /// The usual figures for a way to start the built-in workers.
    #[must_use]
    pub fn new(builtin: WorkerCommand, version: Version) -> Self {
        Self {
            builtin,
            version,
            start_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            grace: Duration::from_secs(2),
            busy_per_owner: 8,
            idle_per_owner: 4,
            failures: 5,
            backoff: Duration::from_millis(200),
        }
    }
}
