//! Checks of the machine: settings, folders, disk, clock, git, machine key.

use std::{
    io,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
    time::{Duration, UNIX_EPOCH},
};

use tokio::process::Command;
use weald_domain::{ports::Clock, time::UnixMillis};
use weald_store::{Database, DatabaseAddress, UpkeepError};

use super::Check;
use crate::{
    clock::SystemClock,
    commands::db,
    config::{Config, Discovered, SecretBackend},
    environment::Environment,
    failure::{chain, hint_for},
    places::Places,
};

/// Less than this is too little to work with, bytes.
const DISK_LEAST: u64 = 100 * 1024 * 1024;
/// Less than this deserves a look, bytes.
const DISK_LOW: u64 = 1024 * 1024 * 1024;
/// The oldest git that is supported.
const GIT_LEAST: (u32, u32) = (2, 39);
/// How long git may take to tell its version.
const GIT_WITHIN: Duration = Duration::from_secs(5);

/// Whether the configuration was read whole.
pub(super) fn settings(found: &Discovered) -> Check {
    match found.warnings.as_slice() {
        [] => Check::ok("settings", "read"),
        warnings => Check::warning(
            "settings",
            warnings.join("; "),
            "`weald config get` lists them",
        ),
    }
}

/// Whether Weald may write where it keeps things.
pub(super) fn folders(places: &Places, config: &Config) -> [Check; 2] {
    [
        ("data", config.data.root.as_path()),
        ("config", places.config.as_path()),
    ]
    .map(|(name, folder)| match may_write(folder) {
        Ok(()) => Check::ok(name, folder.display().to_string()),
        Err(error) => Check::failed(
            name,
            format!("{} cannot be written: {error}", folder.display()),
            "give this user the folder, or use another one (WEALD_HOME)",
        ),
    })
}

/// Writes a file into the nearest part of the folder that exists, and removes it.
fn may_write(folder: &Path) -> io::Result<()> {
    let there = folder
        .ancestors()
        .find(|at| at.is_dir())
        .unwrap_or_else(|| Path::new("/"));
    let probe = there.join(format!(".weald-doctor-{}", std::process::id()));
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)?;
    std::fs::remove_file(&probe)
}

/// Whether there is room.
pub(super) fn disk(data: &Path) -> Check {
    let there = data
        .ancestors()
        .find(|at| at.is_dir())
        .unwrap_or_else(|| Path::new("/"));
    let free = match rustix::fs::statvfs(there) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            let detail = format!(
                "the free space of {} is not known: {error}",
                there.display()
            );
            return Check::warning("disk", detail, "look at it with `df`");
        }
    };
    let detail = format!("{} MiB free", free / (1024 * 1024));
    let fix = "make room, or move the data folder (`data.root`)";
    match free {
        0..DISK_LEAST => Check::failed("disk", detail, fix),
        DISK_LEAST..DISK_LOW => Check::warning("disk", detail, fix),
        DISK_LOW.. => Check::ok("disk", detail),
    }
}

/// Whether the clock can be right: not before this release, and not before our own data.
pub(super) fn clock(data: &Path) -> Check {
    let now = SystemClock.now();
    let release = UnixMillis::parse("2026-01-01T00:00:00Z").unwrap_or_default();
    let written = data
        .join("weald.sqlite")
        .metadata()
        .and_then(|file| file.modified())
        .ok();
    let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written = written
        .and_then(|at| i64::try_from(at.as_millis()).ok())
        .map(UnixMillis);
    let earliest = written.map_or(release, |at| at.max(release));
    if now < earliest {
        let detail = format!("it shows {now}, which is before {earliest}");
        return Check::failed(
            "clock",
            detail,
            "set the clock: times and logins depend on it",
        );
    }
    Check::ok("clock", now.to_string())
}

/// Whether git is there and new enough.
pub(super) async fn git(env: &Environment) -> Check {
    let fix = "install git 2.39 or newer";
    let mut command = Command::new("git");
    command
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .current_dir("/");
    if let Some(path) = env.variable("PATH") {
        command.env_clear().env("PATH", path);
    }
    let said = match tokio::time::timeout(GIT_WITHIN, command.output()).await {
        Ok(Ok(output)) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Ok(Err(error)) => return Check::failed("git", format!("it cannot be run: {error}"), fix),
        Err(_) => return Check::failed("git", "it does not answer", fix),
    };
    match version_of(&said) {
        Some(version) if version >= GIT_LEAST => Check::ok("git", said),
        Some(_) => Check::failed("git", format!("{said} is too old"), fix),
        None => Check::warning("git", format!("its version is not known: {said}"), fix),
    }
}

/// `git version 2.39.5 (…)` → `(2, 39)`.
fn version_of(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Whether the database is whole, by `SQLite`'s quick check of every page or by reading every row.
pub(super) async fn integrity(data: &Path, address: &DatabaseAddress) -> Check {
    let fix = hint_for("storage_corrupt").unwrap_or_default();
    let checked = match Database::of(data.to_owned(), address) {
        Ok(database) => database.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(faults) if faults.is_empty() => Check::ok("integrity", "the database is whole"),
        Ok(faults) => Check::failed("integrity", faults.join("; "), fix),
        Err(UpkeepError::Missing(_)) => {
            Check::ok("integrity", "no database yet: the first start makes it")
        }
        Err(error) => {
            let failure = db::failure(&error);
            let fix = failure.next_step().unwrap_or(fix).to_owned();
            Check::failed("integrity", chain(&error), fix)
        }
    }
}

/// Whether the key of the secret file is closed to others.
pub(super) fn machine_key(places: &Places, config: &Config) -> Check {
    if config.secrets.backend == SecretBackend::Env {
        return Check::ok("secrets", "taken from the environment, read only");
    }
    let key = places.machine_key();
    let vault = config.data.root.join("secrets.vault");
    match key.metadata() {
        Ok(file) if file.permissions().mode() & 0o077 != 0 => Check::failed(
            "secrets",
            format!("{} can be read by others", key.display()),
            format!("chmod 600 {}", key.display()),
        ),
        Ok(_) => Check::ok("secrets", format!("encrypted with {}", key.display())),
        Err(_) if !vault.exists() => {
            Check::ok("secrets", "none yet: the key is made with the first")
        }
        Err(error) => Check::failed(
            "secrets",
            format!("{} is missing: {}", key.display(), chain(&error)),
            "put the key back, or move secrets.vault away and set the secrets again",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_git_is_read_whatever_stands_behind_it() {
        assert_eq!(version_of("git version 2.39.5"), Some((2, 39)));
        assert_eq!(
            version_of("git version 2.50.1 (Apple Git-155)"),
            Some((2, 50))
        );
        assert_eq!(version_of("hub version 1"), None);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_its_parent() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(may_write(&folder.path().join("not/yet")).is_ok());
        assert!(may_write(Path::new("/proc/not/yet")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("reads").count(), 0);
    }
}
