//! A private PostgreSQL server with the settings of a fresh installation, in a temporary folder.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

/// What a person does when there is none.
pub(crate) const MISSING: &str = "PostgreSQL is missing (hint: apt-get install postgresql)";

/// Whom the server runs as when the benchmark runs as root, whom it refuses.
const NOBODY: u32 = 65_534;

/// A server, gone when it is dropped.
pub(crate) struct Postgres {
    folder: TempDir,
    server: Child,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts one; none when it is not installed.
    pub(crate) fn start() -> Result<Option<Self>> {
        let Some(programs) = programs() else {
            return Ok(None);
        };
        let folder = tempfile::tempdir().context("cannot make a folder for PostgreSQL")?;
        if geteuid().is_root() {
            fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        initdb(&programs, folder.path())?;
        let server = serve(&programs, folder.path())?;
        Ok(Some(Self {
            folder,
            server,
            databases: AtomicU32::new(0),
        }))
    }

    /// Makes a new, empty database and answers its address.
    pub(crate) async fn database(&self) -> Result<String> {
        let name = format!("bench_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        let statement = format!("CREATE DATABASE {name}");
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        let socket = self.folder.path().display();
        format!("postgresql://weald@localhost/{database}?host={socket}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Fast, and in order: a killed server leaves shared memory behind.
        let _ = kill_process(Pid::from_child(&self.server), Signal::INT);
        let _ = self.server.wait();
    }
}

/// Where its programs are: where Debian puts them, the newest first.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max()
        .map(|(_, folder)| folder)
}

/// A program of PostgreSQL; it ends with the benchmark, however that ends.
fn program(programs: &Path, name: &str) -> Command {
    let mut command = Command::new("setpriv");
    if geteuid().is_root() {
        let nobody = NOBODY.to_string();
        command.args(["--clear-groups", "--reuid", &nobody, "--regid", &nobody]);
    }
    command
        .args(["--pdeathsig", "QUIT", "--"])
        .arg(programs.join(name))
        .current_dir("/")
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

fn initdb(programs: &Path, folder: &Path) -> Result<()> {
    let made = program(programs, "initdb")
        .args(["--username=weald", "--auth=trust", "--encoding=UTF8"])
        .args(["--locale=C", "--no-instructions", "--pgdata"])
        .arg(folder.join("data"))
        .output()
        .context("cannot run initdb")?;
    ensure!(
        made.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Ok(())
}

fn serve(programs: &Path, folder: &Path) -> Result<Child> {
    let mut server = program(programs, "postgres")
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-c", "listen_addresses="])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start PostgreSQL")?;
    let stderr = server.stderr.take().context("PostgreSQL has no stderr")?;
    let said = until_ready(stderr)?;
    if let Some(said) = said {
        let _ = server.wait();
        bail!("PostgreSQL does not start: {said}");
    }
    Ok(server)
}

/// Reads what the server says until it is ready, and after that, so that it never waits for a
/// reader; what it said when it ended instead.
fn until_ready(stderr: ChildStderr) -> Result<Option<String>> {
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
