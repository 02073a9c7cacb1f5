//! A dump of a PostgreSQL database by `pg_dump`, taken while the database is in use.
//!
//! The program learns where the database is from its environment, which other users do not see.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use sqlx::{
    ConnectOptions, PgConnection, Row,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::process::Command;
use weald_domain::{ports::StoreError, time::UnixMillis};

use crate::{address, data_folder::create_private_file, sql::storage};

/// Where Debian puts each version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The authorities of the system, where its distributions put them; the programs of PostgreSQL do
/// not look there by themselves.
const AUTHORITIES: [&str; 2] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

/// A database was not dumped.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// There is no program to do it.
    #[error("`pg_dump` is not found")]
    NoProgram,
    /// The program is older than the server.
    #[error("`pg_dump` of version {found} cannot dump a server of version {server}")]
    TooOld {
        /// The newest that was found.
        found: u32,
        /// The version of the server.
        server: u32,
    },
    /// The program refused.
    #[error("`pg_dump`: {0}")]
    Refused(String),
    /// The file, or the program, cannot be used.
    #[error("writing the dump")]
    Io(#[from] io::Error),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a dump needs to know of a database. Not `Debug`: the driver shows its password there.
#[derive(Clone)]
pub(crate) struct Dump {
    options: PgConnectOptions,
    authorities: Option<String>,
    client: [Option<String>; 2],
}

impl Dump {
    /// Of the database of an address.
    pub(crate) fn of(options: &PgConnectOptions, url: &str) -> Self {
        let url = address::read(url).ok();
        let value = |parameter: &str| {
            let value = url
                .as_ref()
                .and_then(|url| address::value_of(url, parameter));
            value.map(|value| value.into_owned())
        };
        Self {
            options: options.clone(),
            authorities: value("sslrootcert"),
            client: [value("sslcert"), value("sslkey")],
        }
    }

    /// Dumps it into a new file of the folder; its path.
    pub(crate) async fn put_into(
        &self,
        conn: &mut PgConnection,
        folder: &Path,
        version: i64,
        now: UnixMillis,
    ) -> Result<PathBuf, DumpError> {
        let path = folder.join(super::name(version, now, "dump"));
        self.write_to(conn, create_private_file(&path)?, &path)
            .await?;
        Ok(path)
    }

    /// Dumps it into an empty file; one that is not whole is removed.
    pub(crate) async fn write_to(
        &self,
        conn: &mut PgConnection,
        file: File,
        path: &Path,
    ) -> Result<(), DumpError> {
        let dumped = self.run(conn, file).await;
        if dumped.is_err() {
            let _ = std::fs::remove_file(path);
        }
        dumped
    }

    async fn run(&self, conn: &mut PgConnection, file: File) -> Result<(), DumpError> {
        let program = program_for(server_version(conn).await?).await?;
        let mut command = Command::new(program);
        command
            .args([
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-password",
            ])
            .env_clear()
            .envs(self.environment())
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let done = command.spawn()?.wait_with_output().await?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            return Err(DumpError::Refused(said.trim().replace('\n', "; ")));
        }
        file.sync_all()?;
        Ok(())
    }

    /// How the programs of PostgreSQL are told where a database is.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let options = &self.options;
        let host = options.get_socket().map_or_else(
            || options.get_host().to_owned(),
            |folder| folder.display().to_string(),
        );
        let mode = options.get_ssl_mode();
        let user = options.get_username().to_owned();
        let database = options.get_database().unwrap_or(&user).to_owned();
        let mut all = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGDATABASE", database),
            ("PGUSER", user),
            ("PGSSLMODE", mode_name(mode).to_owned()),
            ("PGAPPNAME", "weald backup".to_owned()),
            ("PGCONNECT_TIMEOUT", "10".to_owned()),
        ];
        let url = options.to_url_lossy();
        all.extend(password(url.password()).map(|password| ("PGPASSWORD", password)));
        let verifies = matches!(mode, PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        let authorities = self.authorities.clone().or_else(|| {
            let mut known = AUTHORITIES.iter().filter(|file| Path::new(file).is_file());
            known
                .next()
                .filter(|_| verifies)
                .map(|file| (*file).to_owned())
        });
        all.extend(authorities.map(|file| ("PGSSLROOTCERT", file)));
        let [certificate, key] = self.client.clone();
        all.extend(certificate.map(|file| ("PGSSLCERT", file)));
        all.extend(key.map(|file| ("PGSSLKEY", file)));
        all
    }
}

const fn mode_name(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

/// The password that the driver connects with, wherever it found it.
fn password(encoded: Option<&str>) -> Option<String> {
    let query = format!("p={}", encoded?.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.next().map(|(_, password)| password.into_owned())
}

/// The major version of a server.
async fn server_version(conn: &mut PgConnection) -> Result<u32, StoreError> {
    let text = "SELECT current_setting('server_version_num')::bigint AS version";
    let version: i64 = sqlx::query(text)
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get("version"))
        .map_err(storage)?;
    Ok(u32::try_from(version / 10_000).unwrap_or_default())
}

/// A `pg_dump` that can dump a server of a version: the one on the path, or one of Debian's.
async fn program_for(server: u32) -> Result<PathBuf, DumpError> {
    let mut newest = None;
    for program in programs() {
        let Some(found) = version_of(&program).await else {
            continue;
        };
        if found >= server {
            return Ok(program);
        }
        newest = newest.max(Some(found));
    }
    Err(
        newest.map_or(DumpError::NoProgram, |found| DumpError::TooOld {
            found,
            server,
        }),
    )
}

fn programs() -> Vec<PathBuf> {
    let mut all = vec![PathBuf::from("pg_dump")];
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions
        .map(|version| version.path().join("bin/pg_dump"))
        .filter(|program| program.is_file())
        .collect();
    debian.sort();
    all.extend(debian);
    all
}

/// The major version of a program, when it is there and says it.
async fn version_of(program: &Path) -> Option<u32> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let said = command.output().await.ok()?;
    major(&String::from_utf8_lossy(&said.stdout))
}

/// `pg_dump (PostgreSQL) 15.8 (Debian …)` → 15.
fn major(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use weald_domain::secret::Secret;

    use super::*;
    use crate::sql::postgres;

    #[test]
    fn the_version_of_the_program_is_read_whatever_stands_behind_it() {
        assert_eq!(
            major("pg_dump (PostgreSQL) 15.8 (Debian 15.8-0)\n"),
            Some(15)
        );
        assert_eq!(major("pg_dump (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn the_program_is_told_everything_by_its_environment() {
        let url = "postgres://ada:p%40s+s@db:5433/weald?sslmode=verify-full";
        let options = postgres::options(&Secret::new(url.into())).expect("an address");
        let told: std::collections::BTreeMap<_, _> =
            Dump::of(&options, url).environment().into_iter().collect();
        for (name, value) in [
            ("PGHOST", "db"),
            ("PGPORT", "5433"),
            ("PGDATABASE", "weald"),
            ("PGUSER", "ada"),
            ("PGPASSWORD", "p@s+s"),
            ("PGSSLMODE", "verify-full"),
        ] {
            assert_eq!(told.get(name).map(String::as_str), Some(value), "{name}");
        }
    }
}
