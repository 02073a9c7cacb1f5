//! A private PostgreSQL server in a temporary folder, reached over a socket in it.

mod network;

use std::{
    fs, io,
    io::{BufRead, BufReader},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use network::Network;

/// Whom the server runs as when the tests run as root, whom it refuses.
const NOBODY: u32 = 65_534;

/// A server with one empty database, gone when it is dropped.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    network: Option<Network>,
    server: Child,
}

impl Postgres {
    /// Starts a server.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(|_| None)
    }

    fn start_with(network: impl FnOnce(&Path) -> Option<Network>) -> Self {
        let programs = programs().unwrap_or_else(|| {
            panic!("these tests need PostgreSQL 15 or newer (Debian: apt install postgresql)")
        });
        let folder = TempDir::new().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let made = prepare(folder.path()).and_then(|()| initdb(&programs, folder.path()));
        made.unwrap_or_else(|error| panic!("no database: {error}"));
        let network = network(folder.path());
        let server = serve(&programs, folder.path(), network.as_ref());
        Self {
            programs,
            folder,
            network,
            server,
        }
    }

    /// Runs a statement in a database, as its owner.
    ///
    /// # Panics
    /// When it is refused.
    pub fn run(&self, database: &str, text: &str) -> String {
        let plain = ["--no-psqlrc", "--tuples-only", "--no-align"];
        let command = format!("--command={text}");
        self.client("psql", database, |psql| psql.args(plain).arg(command))
    }

    /// Puts a dump into an empty database.
    ///
    /// # Panics
    /// When it is refused.
    pub fn restore(&self, database: &str, dump: &Path) {
        let dump = fs::File::open(dump).unwrap_or_else(|error| panic!("{error}"));
        self.client("pg_restore", database, |restore| restore.stdin(dump));
    }

    fn client(
        &self,
        name: &str,
        database: &str,
        asked: impl FnOnce(&mut Command) -> &mut Command,
    ) -> String {
        let mut client = program(&self.programs, name);
        client
            .arg("--username=weald")
            .arg("--host")
            .arg(self.folder.path())
            .arg(format!("--port={}", self.port()))
            .arg(format!("--dbname={database}"));
        let done = asked(&mut client).output();
        let done = done.unwrap_or_else(|error| panic!("{name}: {error}"));
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{name}: {said}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
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
        self.server = serve(&self.programs, self.folder.path(), self.network.as_ref());
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        let socket = self.folder.path().display();
        let port = self.port();
        format!("postgres://weald@localhost:{port}/postgres?host={socket}")
    }

    /// The port of its address, which is in the name of its socket as well.
    fn port(&self) -> u16 {
        self.network.as_ref().map_or(5432, Network::port)
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
        ["postgres", "initdb", "psql", "pg_restore"]
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
    }
    own(folder)
}

/// Gives a file to whom the server runs as.
fn own(file: &Path) -> io::Result<()> {
    if is_root() {
        chown(file, Some(NOBODY), Some(NOBODY))?;
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

fn serve(programs: &Path, folder: &Path, network: Option<&Network>) -> Child {
    started(programs, folder, network)
        .unwrap_or_else(|error| panic!("PostgreSQL does not start: {error}"))
}

fn started(programs: &Path, folder: &Path, network: Option<&Network>) -> io::Result<Child> {
    let mut server = program(programs, "postgres");
    let network = network.map(|network| network.settings(folder));
    let network = network.unwrap_or_else(|| vec!["listen_addresses=".into()]);
    for setting in network {
        server.arg("-c").arg(setting);
    }
    let mut server = server
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-c", "fsync=off", "-c", "shared_buffers=16MB"])
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
