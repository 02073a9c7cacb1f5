//! Copies of the database, taken while it is in use.

pub(crate) mod dump;

use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;
use weald_domain::{ports::StoreError, time::UnixMillis};

use crate::sql::storage;

/// Copies a database whole into a new file of the folder; its path.
pub(crate) async fn vacuum_into(
    conn: &mut SqliteConnection,
    folder: &Path,
    version: i64,
    now: UnixMillis,
) -> Result<PathBuf, StoreError> {
    let path = folder.join(name(version, now, "sqlite"));
    copy_into(conn, &path).await?;
    Ok(path)
}

/// The name of a copy made before a migration.
fn name(version: i64, now: UnixMillis, kind: &str) -> String {
    format!("weald-v{version}-{}.{kind}", stamp(now))
}

/// A time in the name of a file.
pub(crate) fn stamp(at: UnixMillis) -> String {
    at.to_string().replace([':', '.'], "-")
}

/// Copies a database whole into a file that is not there or empty, readable by its owner only.
pub(crate) async fn copy_into(conn: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let Some(text) = path.to_str() else {
        return Err(StoreError::Unavailable(
            "the path of the copy is not UTF-8".into(),
        ));
    };
    sqlx::query("VACUUM INTO ?")
        .bind(text.to_owned())
        .execute(conn)
        .await
        .map_err(storage)?;
    restrict(path).map_err(crate::bus::log_writer::io_error)
}

fn restrict(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    std::fs::File::open(path)?.sync_all()
}
