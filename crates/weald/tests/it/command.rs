//! The binary as a child process with surroundings of its own.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::timeout,
};
use weald_testkit::postgres::Postgres;

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A home for Weald that goes with the test.
pub(crate) struct Home {
    folder: TempDir,
    /// The server of its database, unless that is a file.
    database: Option<Postgres>,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) notes: String,
}

impl Said {
    /// The output as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The output as lines of JSON.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    /// The error as its problem document.
    pub(crate) fn problem(&self) -> Value {
        let line = self.notes.lines().rfind(|line| line.starts_with('{'));
        serde_json::from_str(line.unwrap_or_else(|| panic!("no problem: {self:?}"))).expect("JSON")
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        // For the clients of the test itself; the second of one process finds it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            database: None,
        }
    }

    /// A home whose tables are in a PostgreSQL server of its own.
    pub(crate) fn on_postgres() -> Self {
        Self {
            database: Some(Postgres::start()),
            ..Self::new()
        }
    }

    /// The server of its database.
    pub(crate) fn database(&mut self) -> &mut Postgres {
        self.database.as_mut().expect("a server")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A folder outside git, to work in.
    pub(crate) fn folder(&self) -> PathBuf {
        let folder = self.path().join("work");
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.path().join("home/config/weald.toml")
    }

    /// A command in these surroundings and no others.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weald"));
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("WEALD_HOME", self.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.path())
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(database) = &self.database {
            command.env("WEALD_DATABASE__URL", database.url());
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn weald(&self, args: &[&str]) -> Said {
        finish(self.command(args).spawn().expect("starts")).await
    }

    /// Runs a command with an input.
    pub(crate) async fn weald_with(&self, args: &[&str], input: impl AsRef<[u8]>) -> Said {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_ref()).await.expect("writes");
        drop(stdin);
        finish(child).await
    }
}

/// Waits for the end of a command.
pub(crate) async fn finish(child: Child) -> Said {
    let output = timeout(PATIENCE, child.wait_with_output())
        .await
        .expect("ends")
        .expect("waits");
    Said {
        code: code_of(output.status),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        notes: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Its exit code; a signal counts from -1 down.
pub(crate) fn code_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .unwrap_or_else(|| -status.signal().unwrap_or(0))
}

/// Reads a pipe until it has said something; what it said so far is kept in `seen`.
pub(crate) async fn until(pipe: &mut (impl AsyncReadExt + Unpin), seen: &mut String, wanted: &str) {
    let reading = async {
        let mut buffer = [0; 4096];
        while !seen.contains(wanted) {
            let n = pipe.read(&mut buffer).await.expect("reads");
            assert!(n > 0, "it ended without `{wanted}`: {seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
        }
    };
    let waited = timeout(PATIENCE, reading).await;
    assert!(waited.is_ok(), "it never said `{wanted}`: {seen}");
}

/// Sends a signal to a child.
pub(crate) fn signal(child: &Child, signal: rustix::process::Signal) {
    let id = child.id().expect("runs");
    let pid = rustix::process::Pid::from_raw(i32::try_from(id).expect("small")).expect("a pid");
    rustix::process::kill_process(pid, signal).expect("delivered");
}
