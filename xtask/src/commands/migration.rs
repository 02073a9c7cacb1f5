//! `cargo xtask migration <adds>`: start the next migration file (MY-07).

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::Workspace;

const FOLDER: &str = "crates/store/migrations/sqlite";

/// Makes the file and says where it is.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let [adds] = arguments else {
        bail!("one argument is needed: what the migration adds, such as `task_board`");
    };
    let file = create(&workspace.path(FOLDER), adds)?;
    println!("wrote {}", file.display());
    Ok(ExitCode::SUCCESS)
}

fn create(folder: &Path, adds: &str) -> Result<PathBuf> {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    ensure!(
        !adds.is_empty() && adds.bytes().all(legal),
        "{adds:?} is not a name in lower case with underscores"
    );
    let file = folder.join(format!("{:04}_{adds}.sql", last_number(folder)? + 1));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&file)
        .and_then(|mut open| writeln!(open, "-- Adds {}.", adds.replace('_', " ")))
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

/// The highest number in the folder; 0 when there is none.
fn last_number(folder: &Path) -> Result<u32> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut last = 0;
    for entry in entries {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.split('_').next()?.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn the_next_file_has_the_next_number() {
        let scratch = Scratch::new("migration").unwrap();
        let first = create(scratch.path(), "initial").unwrap();
        let second = create(scratch.path(), "task_board").unwrap();

        assert_eq!(first.file_name().unwrap(), "0001_initial.sql");
        assert_eq!(second.file_name().unwrap(), "0002_task_board.sql");
        assert_eq!(fs::read_to_string(second).unwrap(), "-- Adds task board.\n");
    }

    #[test]
    fn a_name_that_is_not_plain_is_refused() {
        let scratch = Scratch::new("migration").unwrap();

        for name in ["", "../outside", "Task Board", "täsk"] {
            assert!(
                create(scratch.path(), name).is_err(),
                "{name:?} was accepted"
            );
        }
    }
}
