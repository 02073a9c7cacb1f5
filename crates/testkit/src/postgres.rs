//! A private PostgreSQL server in a temporary folder, reached over a socket in it.

use std::{
    fs, io,
    io::{BufRead, BufReader},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Whom the server runs as when the tests run as root, whom it refuses.
const NOBODY: u32 = 65_534;

/// A server with one empty database, gone when it is dropped.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    server: Child,
}

impl Postgres {
    /// Starts a server.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let programs = programs().unwrap_or_else(|| {
            panic!("these tests need PostgreSQL 15 or newer (Debian: apt install postgresql)")
        });
        let folder = TempDir::new().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let made = prepare(folder.path()).and_then(|()| initdb(&programs, folder.path()));
        made.unwrap_or_else(|error| panic!("no database: {error}"));
        let server = serve(&programs, folder.path());
        Self {
            programs,
            folder,
            server,
        }
    }

    /// Stops the server at once: its clients lose their connections.
    pub fn stop(&mut self) {
        // In order, though: a killed server leaves shared memory behind.
        let _ = kill_process(Pid::from_child(&self.server), Signal::QUIT);
        let _ = self.server.wait();
    }

    /// Starts a server that was stopped.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.server = serve(&self.programs, self.folder.path());
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        let socket = self.folder.path().display();
        format!("postgres://weald@localhost/postgres?host={socket}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if matches!(self.server.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

/// Where its programs are: on the path, or where Debian puts them, the newest first.
fn programs() -> Option<PathBuf> {
    let has = |folder: &PathBuf| {
        ["postgres", "initdb"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(found) = std::env::split_paths(&path).find(has) {
        return Some(found);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut versions: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| has(folder))
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder)
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn prepare(folder: &Path) -> io::Result<()> {
    if is_root() {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o711))?;
        chown(folder, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}

/// A program of PostgreSQL, which ends with the test however that ends.
fn program(programs: &Path, name: &str) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        let nobody = format!("{NOBODY}");
        command.args(["--clear-groups", "--reuid", &nobody, "--regid", &nobody]);
    }
    command
        .args(["--pdeathsig", "QUIT", "--"])
        .arg(programs.join(name));
    command
        .current_dir("/")
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

fn initdb(programs: &Path, folder: &Path) -> io::Result<()> {
    let done = program(programs, "initdb")
        .args([
            "--username=weald",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args([
            "--no-sync",
            "--no-instructions",
            "--wal-segsize=1",
            "--pgdata",
        ])
        .arg(folder.join("data"))
        .output()?;
    if done.status.success() {
        Ok(())
    } else {
        Err(io::Error::other(
            String::from_utf8_lossy(&done.stderr).into_owned(),
        ))
    }
}

fn serve(programs: &Path, folder: &Path) -> Child {
    started(programs, folder).unwrap_or_else(|error| panic!("PostgreSQL does not start: {error}"))
}

fn started(programs: &Path, folder: &Path) -> io::Result<Child> {
    let mut server = program(programs, "postgres")
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args([
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "shared_buffers=16MB",
        ])
        .args([
            "-c",
            "log_min_messages=warning",
            "-c",
            "log_min_error_statement=panic",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let said = server.stderr.take().map(until_ready).transpose()?;
    match said.flatten() {
        None => Ok(server),
        Some(said) => Err(io::Error::other(said)),
    }
}

/// Reads what the server says until it is ready, and after that, so that it never waits for a
/// reader; what it said when it ended instead.
fn until_ready(stderr: ChildStderr) -> io::Result<Option<String>> {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = String::new();
    for line in lines.by_ref() {
        let line = line?;
        if line.contains("ready to accept connections") {
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            return Ok(None);
        }
        said.push_str(&line);
        said.push('\n');
    }
    Ok(Some(said))
}
