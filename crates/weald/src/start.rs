//! Why a deployment did not start: loud, with cause, next step and exit code (MS-62).

use std::{io::ErrorKind, net::SocketAddr};

use weald_store::{LockError, OpenError, VaultError};

use crate::{
    exit::Exit,
    failure::{Failure, chain},
};

/// Why the data folder was not opened.
pub(crate) fn open_failure(error: &OpenError) -> Failure {
    let what = chain(error);
    let (exit, code, hint) = match error {
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
        OpenError::Newer { .. } => (
            Exit::Failed,
            "database_newer",
            "install the newer Weald, or start on another data folder",
        ),
        OpenError::Migration(_) => (
            Exit::Failed,
            "migration_failed",
            "nothing was lost: the copy made before it is in the folder `backups` of the data folder",
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
    Failure::new(exit, code, format!("Weald cannot start: {what}")).hint(hint)
}

/// Why an opened deployment does not serve.
pub(crate) fn failure(error: &anyhow::Error) -> Failure {
    let what = format!("Weald cannot start: {}", chain(error.as_ref()));
    Failure::new(Exit::Failed, "start_failed", what).hint("`weald doctor` checks what it stands on")
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
