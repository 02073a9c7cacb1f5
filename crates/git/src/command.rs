//! Runs git: empty environment, no input, bounded output and time, and nothing left behind.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    time::timeout,
};

use crate::{GitError, pinned};

/// Oldest git that can be guarded.
const OLDEST: (u32, u32) = (2, 39);
/// How much of git's error output is kept.
const ERRORS_MAX: usize = 8 * 1024;

/// In which process group git runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// In one of its own, which is killed as a whole.
    Own,
    /// In the caller's, for a caller that is itself killed as a group (a worker).
    Callers,
}

/// How git is run.
#[derive(Debug, Clone)]
pub struct Config {
    /// The program.
    pub program: PathBuf,
    /// Value of `PATH`: git looks for its own programs with it.
    pub path: OsString,
    /// Process group.
    pub group: Group,
    /// How long one command may take.
    pub limit: Duration,
    /// Most bytes taken from one command; what follows is cut.
    pub output_max: usize,
}

impl Config {
    /// The usual figures.
    #[must_use]
    pub fn new(path: impl Into<OsString>, group: Group) -> Self {
        Self {
            program: "git".into(),
            path: path.into(),
            group,
            limit: Duration::from_secs(60),
            output_max: 2 * 1024 * 1024,
        }
    }
}

/// A checked git.
#[derive(Debug, Clone)]
pub struct Git {
    config: Arc<Config>,
}

/// What a command printed.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) bytes: Vec<u8>,
    /// Whether there was more.
    pub(crate) truncated: bool,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Well(Printed),
    /// The first line of what git said.
    Badly(String),
}

impl Git {
    /// Looks for git and checks its version.
    ///
    /// # Errors
    /// No git, or an old one.
    pub async fn new(config: Config) -> Result<Self, GitError> {
        let git = Self {
            config: Arc::new(config),
        };
        let printed = git
            .run(&Place::default(), "version", &[] as &[&str])
            .await?;
        let text = String::from_utf8_lossy(&printed.bytes);
        let found = text.trim().trim_start_matches("git version ").to_owned();
        let mut numbers = found.split('.').map(|part| part.parse().unwrap_or(0));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if version < OLDEST {
            Err(GitError::TooOld { found })
        } else {
            Ok(git)
        }
    }

    /// Runs a command that must end well.
    pub(crate) async fn run<S: AsRef<OsStr>>(
        &self,
        place: &Place,
        operation: &'static str,
        args: &[S],
    ) -> Result<Printed, GitError> {
        match self.attempt(place, operation, args).await? {
            Ended::Well(printed) => Ok(printed),
            Ended::Badly(message) => Err(GitError::Failed {
                operation: operation.into(),
                message,
            }),
        }
    }

    /// Runs a command that may end badly.
    pub(crate) async fn attempt<S: AsRef<OsStr>>(
        &self,
        place: &Place,
        operation: &'static str,
        args: &[S],
    ) -> Result<Ended, GitError> {
        let mut command = self.command(place);
        command.arg(operation).args(args);
        let child = command.spawn().map_err(GitError::Unavailable)?;
        let mut running = Running::new(child, self.config.group);
        let limit = self.config.limit;
        timeout(limit, running.collect(self.config.output_max))
            .await
            .map_err(|_| GitError::Timeout {
                operation: operation.into(),
                limit,
            })?
            .map_err(GitError::Unavailable)
    }

    fn command(&self, place: &Place) -> Command {
        let mut command = Command::new(&self.config.program);
        command
            .arg("--no-pager")
            .env_clear()
            .env("PATH", &self.config.path)
            .envs(pinned::ENVIRONMENT.iter().copied())
            .envs(pinned::as_environment(&place.overrides))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        match &place.tree {
            Some((work_tree, git_dir)) => {
                command
                    .env("GIT_DIR", git_dir)
                    .env("GIT_WORK_TREE", work_tree)
                    .current_dir(work_tree);
            }
            None => {
                command.current_dir("/");
            }
        }
        if self.config.group == Group::Own {
            command.process_group(0);
        }
        command
    }
}

/// Where a command runs and what is pinned for it besides what always is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    tree: Option<(PathBuf, PathBuf)>,
    overrides: Vec<(String, &'static str)>,
}

impl Place {
    pub(crate) fn new(work_tree: &Path, git_dir: &Path) -> Self {
        Self {
            tree: Some((work_tree.into(), git_dir.into())),
            overrides: Vec::new(),
        }
    }

    pub(crate) fn with_overrides(mut self, overrides: Vec<(String, &'static str)>) -> Self {
        self.overrides = overrides;
        self
    }
}

/// A running command; dropping it kills it and, in a group of its own, what it started.
struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    fn new(child: Child, group: Group) -> Self {
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Self {
            child,
            group: id.filter(|_| group == Group::Own),
        }
    }

    async fn collect(&mut self, most: usize) -> std::io::Result<Ended> {
        let (mut out, mut err) = (self.child.stdout.take(), self.child.stderr.take());
        let mut printed = Vec::new();
        let mut errors = Vec::new();
        let (cut, _) = tokio::try_join!(take(&mut out, most, &mut printed), async {
            let result = take(&mut err, ERRORS_MAX, &mut errors).await;
            // Git must not block on what nobody reads.
            drain(&mut err).await;
            result
        })?;
        if cut {
            self.kill();
            self.child.wait().await?;
            return Ok(Ended::Well(Printed {
                bytes: printed,
                truncated: true,
            }));
        }
        let status = self.child.wait().await?;
        self.group = None;
        if status.success() {
            return Ok(Ended::Well(Printed {
                bytes: printed,
                truncated: false,
            }));
        }
        Ok(Ended::Badly(first_line(&errors)))
    }

    fn kill(&mut self) {
        match self.group.take() {
            // A group that is gone is no error.
            Some(group) => drop(kill_process_group(group, Signal::KILL)),
            None => drop(self.child.start_kill()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.group.is_some() {
            self.kill();
        }
    }
}

/// Reads up to `most` bytes; whether there was more. A stream that was cut is closed.
async fn take<R: AsyncRead + Unpin>(
    stream: &mut Option<R>,
    most: usize,
    into: &mut Vec<u8>,
) -> std::io::Result<bool> {
    let Some(reader) = stream.as_mut() else {
        return Ok(false);
    };
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(limit).read_to_end(into).await?;
    let cut = into.len() > most;
    if cut {
        // Git ends when it writes on.
        *stream = None;
    }
    into.truncate(most);
    Ok(cut)
}

async fn drain<R: AsyncRead + Unpin>(stream: &mut Option<R>) {
    if let Some(reader) = stream {
        // What cannot be read is not waited for.
        tokio::io::copy(reader, &mut tokio::io::sink()).await.ok();
    }
}

fn first_line(errors: &[u8]) -> String {
    let text = String::from_utf8_lossy(errors);
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("no reason given");
    line.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect()
}
