//! Why a deployment did not start: loud, with cause, next step and exit code (MS-62).

use std::{error::Error, io::ErrorKind, net::SocketAddr};

use weald_domain::ports::StoreError;
use weald_store::{ConnectError, LockError, OpenError, VaultError};

use crate::{
    config::database,
    exit::Exit,
    failure::{Failure, chain, hint_for},
};

/// Why the data folder was not opened.
pub(crate) fn open_failure(error: &OpenError) -> Failure {
    not_opened("Weald cannot start", error)
}

/// The same for a command that does not start anything.
pub(crate) fn not_opened(what: &str, error: &OpenError) -> Failure {
    let what = format!("{what}: {}", chain(error));
    if let Some(failure) = storage_failure(error, &what) {
        return failure;
    }
    let (exit, code, hint) = match error {
        OpenError::Connect(error) => connect_failure(error),
        OpenError::DatabaseInUse => (
            Exit::Conflict,
            "database_in_use",
            "stop the other one, or give this one a database of its own",
        ),
        OpenError::Lock(LockError::InUse { .. }) => (
            Exit::Conflict,
            "data_in_use",
            "use the one that runs, stop it, or give this one another data folder (WEALD_HOME)",
        ),
        OpenError::Lock(LockError::Io { .. }) | OpenError::Folder { .. } => (
            Exit::Failed,
            "data_folder",
            "check that this user may write the data folder (`weald config path`)",
        ),
        OpenError::HalfCopied(_) => (
            Exit::Conflict,
            "incomplete_copy",
            "copy again (`weald db copy`), or remove the folder; the source is as it was",
        ),
        OpenError::Newer { .. } => (
            Exit::Failed,
            "database_newer",
            "install the newer Weald, or start on another data folder",
        ),
        OpenError::Backup(_) => (
            Exit::Failed,
            "backup_failed",
            "nothing was changed; on PostgreSQL the backup needs the program `pg_dump`, not older \
             than the server. `weald db migrate --no-backup` goes on without a backup",
        ),
        OpenError::Migration(_) => (
            Exit::Failed,
            "migration_failed",
            "the database has its old version still and nothing was lost; copies made before \
             migrations are in the folder `backups` of the data folder",
        ),
        OpenError::Vault(VaultError::Open { .. }) => (
            Exit::Failed,
            "secret_store",
            "if others could read it, change the keys it holds, too",
        ),
        OpenError::Vault(_) => (
            Exit::Failed,
            "secret_store",
            "the vault is opened by the machine key (`weald config path`); put the right key back, \
             or move `secrets.vault` away and set the secrets again",
        ),
        OpenError::Store(_) => (
            Exit::Failed,
            "storage",
            "check disk space and permissions: `weald doctor`",
        ),
    };
    Failure::new(exit, code, what).hint(hint)
}

/// Why the server of the database did not let us in.
const fn connect_failure(error: &ConnectError) -> (Exit, &'static str, &'static str) {
    match error {
        ConnectError::Address(_) => (Exit::Usage, "bad_database_url", database::HINT),
        ConnectError::Unreachable { .. } => (
            Exit::Failed,
            "database_unreachable",
            "start the database server, or correct `database.url` (`weald config explain \
             database.url` shows where it stands)",
        ),
        ConnectError::Refused { .. } => (
            Exit::Authentication,
            "database_refused",
            "give the password in the variable PGPASSWORD, the file ~/.pgpass, or the address in \
             the variable WEALD_DATABASE__URL; the server's pg_hba.conf must let this user in",
        ),
        ConnectError::NoDatabase { .. } => (
            Exit::NotFound,
            "database_missing",
            "make it, empty and for this user: `createdb --encoding UTF8 --owner USER NAME`; the \
             first start makes its tables",
        ),
        ConnectError::Tls { .. } => (
            Exit::Failed,
            "database_tls",
            "the server must offer TLS (`ssl = on`) for this `sslmode`; verify-ca and verify-full \
             trust the authorities of the system and the file named with `sslrootcert`",
        ),
        ConnectError::Encoding(_) => (
            Exit::Failed,
            "database_encoding",
            "make one that holds every text: `createdb --template template0 --encoding UTF8 NAME`",
        ),
        ConnectError::Store(_) => (
            Exit::Failed,
            "storage",
            "see the log of the database server",
        ),
    }
}

/// Why an opened deployment does not serve.
pub(crate) fn failure(error: &anyhow::Error) -> Failure {
    let what = format!("Weald cannot start: {}", chain(error.as_ref()));
    storage_failure(error.as_ref(), &what).unwrap_or_else(|| {
        Failure::new(Exit::Failed, "start_failed", what)
            .hint("`weald doctor` checks what it stands on")
    })
}

/// A full disk and a damaged database are said as such, wherever they were met.
fn storage_failure(error: &(dyn Error + 'static), what: &str) -> Option<Failure> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let found = match error.downcast_ref::<OpenError>() {
            Some(OpenError::Store(found) | OpenError::Connect(ConnectError::Store(found))) => {
                Some(found)
            }
            Some(_) | None => error.downcast_ref::<StoreError>(),
        };
        let code = match found {
            Some(StoreError::Full(_)) => Some("storage_full"),
            Some(StoreError::Corrupt { .. }) => Some("storage_corrupt"),
            Some(StoreError::Unavailable(_) | StoreError::BadPage) | None => None,
        };
        if let Some(code) = code {
            let failure = Failure::new(Exit::Failed, code, what);
            return Some(match hint_for(code) {
                Some(hint) => failure.hint(hint),
                None => failure,
            });
        }
        cause = error.source();
    }
    None
}

/// Why an address cannot be listened on.
pub(crate) fn listen_failure(address: SocketAddr, error: &std::io::Error) -> Failure {
    let what = format!("Weald cannot start: {address} cannot be listened on: {error}");
    let kind = error.kind();
    if kind == ErrorKind::AddrInUse {
        return Failure::new(Exit::Conflict, "port_in_use", what).hint(
            "another program uses that port; choose one with `--addr`, `127.0.0.1:0` takes a free one",
        );
    }
    if kind == ErrorKind::PermissionDenied {
        return Failure::new(Exit::Failed, "port_refused", what)
            .hint("ports below 1024 need more rights; choose another with `--addr`");
    }
    Failure::new(Exit::Failed, "listen_failed", what)
        .hint("check the address given with `--addr` or `server.host`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(error: &OpenError) -> (Exit, String, String) {
        let failure = open_failure(error);
        let hint = failure.next_step().unwrap_or_default().to_owned();
        (failure.exit, failure.code().to_owned(), hint)
    }

    #[test]
    fn a_full_disk_and_a_damaged_database_are_told_apart() {
        let full = || StoreError::Full("no space left".into());
        let corrupt = StoreError::Corrupt {
            what: "the database file",
            source: "malformed".into(),
        };
        let met = [
            (OpenError::Store(full()), "storage_full", "room"),
            (
                OpenError::Migration(Box::new(full())),
                "storage_full",
                "room",
            ),
            (OpenError::Store(corrupt), "storage_corrupt", "backups"),
            (
                OpenError::Store(StoreError::Unavailable("locked".into())),
                "storage",
                "permissions",
            ),
            (
                OpenError::Backup("no program".into()),
                "backup_failed",
                "pg_dump",
            ),
            (
                OpenError::Migration("syntax".into()),
                "migration_failed",
                "old version",
            ),
        ];
        for (error, code, hint) in met {
            let said = shown(&error);
            assert_eq!((said.0, said.1.as_str()), (Exit::Failed, code));
            assert!(said.2.contains(hint), "{said:?}");
        }
        let late = anyhow::Error::new(full()).context("taking over");
        assert_eq!(failure(&late).code(), "storage_full");
    }
}
