//! `weald db …`: the database of this machine's deployment, with or without Weald's server.

mod backup;
mod copy;
mod migrate;
mod prune;
mod restore;
mod status;
mod vacuum;

use std::io::ErrorKind;

use weald_store::{Database, DumpError, OpenError, Place, UpkeepError};

use crate::{
    config::Overrides,
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome, chain},
    start,
    upkeep::kept,
};

/// What to do with the database.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show size, schema version and what it holds
    Status(status::Args),
    /// Bring it up to date, as every start does; a copy is made first
    Migrate(migrate::Args),
    /// Copy it whole into a new file, also while a server runs
    Backup(backup::Args),
    /// Give the space of what was deleted back to the disk
    Vacuum(vacuum::Args),
    /// Copy the whole deployment to another place, also between SQLite and PostgreSQL
    Copy(copy::Args),
    /// Put a copy in the place of the database; the replaced one is kept
    Restore(restore::Args),
    /// Remove what is of no more use, and what is older than `retention.events_days`
    Prune(prune::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    if context.global.server.is_some() {
        let what = "`weald db` works on the data folder of this machine, not on a server's";
        return Err(Failure::new(Exit::Usage, "not_remote", what)
            .hint("run it on the server's machine, as the user that it runs as"));
    }
    let (found, config) = context.configure(Overrides::default())?;
    let address = found.layered.database(&context.env);
    let address = address.map_err(|error| failure(&OpenError::from(error).into()))?;
    let place = Place {
        data_root: config.data.root.clone(),
        database: address.clone(),
    };
    let database = || {
        let root = config.data.root.clone();
        Database::of(root, &address).map_err(|error| failure(&error))
    };
    match command {
        Command::Status(_) => status::run(&database()?, context).await,
        Command::Migrate(args) => migrate::run(&args, &database()?, context).await,
        Command::Backup(args) => backup::run(&args, &database()?, context).await,
        Command::Vacuum(_) => vacuum::run(&database()?, context).await,
        Command::Copy(args) => copy::run(&args, &place, context).await,
        Command::Restore(args) => restore::run(&args, &place, context).await,
        Command::Prune(args) => prune::run(&args, &place, kept(&config), context).await,
    }
}

pub(crate) fn failure(error: &UpkeepError) -> Failure {
    let what = chain(error);
    match error {
        UpkeepError::Missing(_) => Failure::new(Exit::NotFound, "no_database", what)
            .hint("the first start makes it: `weald up`"),
        UpkeepError::Exists(_) => Failure::new(Exit::Conflict, "file_exists", what)
            .hint("name a file that is not there: nothing is written over"),
        UpkeepError::Target { source, .. } if source.kind() == ErrorKind::NotFound => {
            Failure::new(Exit::NotFound, "no_folder", what).hint("make its folder first")
        }
        UpkeepError::Target { .. } => Failure::new(Exit::Failed, "file_refused", what)
            .hint("name a file in a folder that this user may write"),
        UpkeepError::Dump(DumpError::NoProgram | DumpError::TooOld { .. }) => {
            Failure::new(Exit::Failed, "no_pg_dump", what).hint(
                "install the client programs of PostgreSQL, not older than the server (Debian: \
                 apt install postgresql-client)",
            )
        }
        UpkeepError::Dump(_) => Failure::new(Exit::Failed, "backup_failed", what)
            .hint("no file was left; this user must be able to read every table"),
        UpkeepError::Open(error) => start::not_opened("the database cannot be used", error),
    }
}

/// A number of bytes for people.
fn amount(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", bytes / KIB),
        MIB.. => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_are_short() {
        let shown = [0, 1023, 1024, 1024 * 1024 - 1, 1024 * 1024 * 3 / 2].map(amount);
        assert_eq!(shown, ["0 B", "1023 B", "1 KiB", "1023 KiB", "1.5 MiB"]);
    }
}
