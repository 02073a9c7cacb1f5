//! A real `weald up` on a free port and an empty data folder, for the lanes that need one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::scratch::Scratch;
use crate::shell;

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(15);

/// A running server; it is stopped and its data removed when this is dropped.
pub(crate) struct LiveServer {
    child: Child,
    ready: Ready,
    scratch: Scratch,
}

/// The line that `weald up --json` prints when it serves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Ready {
    pub(crate) url: String,
    /// Printed at the first start on a data folder, and this is one.
    pub(crate) token: String,
}

impl LiveServer {
    /// Starts the binary and waits until it says that it serves.
    pub(crate) fn start(binary: &Path) -> Result<Self> {
        let scratch = Scratch::new("server")?;
        let home = scratch.path().join("home");
        let log = scratch.path().join("stderr.log");
        let mut command = Command::new(binary);
        command
            .args(["up", "--json", "--no-open", "--addr", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        without_settings(&mut command).env("WEALD_HOME", &home);
        let mut child = command.spawn().context("cannot start weald up")?;
        let waited = child
            .stdout
            .take()
            .context("no output")
            .and_then(wait_until_ready);
        match waited {
            Ok(ready) => Ok(Self {
                child,
                ready,
                scratch,
            }),
            Err(error) => {
                stop(&mut child);
                let said = fs::read_to_string(&log).unwrap_or_default();
                Err(error.context(format!("weald up did not start; it said: {}", said.trim())))
            }
        }
    }

    /// Where it serves and the token that opens it.
    pub(crate) fn ready(&self) -> &Ready {
        &self.ready
    }

    /// A folder that goes with the server.
    pub(crate) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// What it wrote to its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.scratch.path().join("stderr.log")).unwrap_or_default()
    }

    /// Fails if the server has ended by itself.
    pub(crate) fn still_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!(
                "the server ended with {status}; it said: {}",
                self.log().trim()
            ),
        }
    }
}

impl Drop for LiveServer {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Takes away every setting the developer has in the environment.
pub(crate) fn without_settings(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WEALD_") {
            command.env_remove(name);
        }
    }
    command
}

/// Reads the ready line; what comes after it is read and thrown away, so that nobody blocks.
fn wait_until_ready(stdout: ChildStdout) -> Result<Ready> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        let read = reader.read_line(&mut line).map(|_| line);
        if sender.send(read).is_ok() {
            let _ = std::io::copy(&mut reader.by_ref(), &mut std::io::sink());
        }
    });
    match receiver.recv_timeout(READY_WITHIN) {
        Ok(line) => {
            let line = line?;
            serde_json::from_str(&line).with_context(|| format!("not a ready line: {line:?}"))
        }
        Err(RecvTimeoutError::Timeout) => bail!("no ready line within {READY_WITHIN:?}"),
        Err(RecvTimeoutError::Disconnected) => bail!("it closed its output"),
    }
}

/// Asks it to stop, and ends it when it does not.
fn stop(child: &mut Child) {
    let asked = shell::succeeds(Command::new("kill").args(["-TERM", &child.id().to_string()]));
    let deadline = Instant::now() + STOPPED_WITHIN;
    while asked && Instant::now() < deadline {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn script(scratch: &Scratch, text: &str) -> std::path::PathBuf {
        let file = scratch.path().join("weald");
        fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    #[test]
    fn the_ready_line_tells_where_it_serves() {
        let scratch = Scratch::new("live").unwrap();
        let line = r#"{"type":"ready","url":"http://127.0.0.1:9","token":"t"}"#;
        let binary = script(&scratch, &format!("echo '{line}'; exec sleep 60"));

        let mut server = LiveServer::start(&binary).unwrap();

        let expected = Ready {
            url: "http://127.0.0.1:9".into(),
            token: "t".into(),
        };
        assert_eq!(*server.ready(), expected);
        server.still_runs().unwrap();
        let folder = server.folder().to_path_buf();
        drop(server);
        assert!(!folder.exists());
    }

    #[test]
    fn a_server_that_does_not_start_is_quoted() {
        let scratch = Scratch::new("live").unwrap();
        let binary = script(&scratch, "echo 'the port is taken' >&2; exit 1");

        let error = LiveServer::start(&binary).err().unwrap();

        assert!(error.to_string().contains("the port is taken"), "{error:#}");
    }
}
