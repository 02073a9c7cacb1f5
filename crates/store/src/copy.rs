//! Copying a whole deployment to another place, on the same engine or on the other one.
//!
//! Every table is read once and written once, in batches, within one transaction of the target.
//! Before its end the target is read back: each table must have the rows of the source, by their
//! number and by a digest of what is in them. A target that is not whole is never one that can be
//! used: on PostgreSQL the transaction is rolled back, on SQLite the file has another name until
//! it is verified, and a folder says that it is not whole ([`marker`]).

mod checks;
mod constraints;
mod digest;
mod files;
mod insert;
mod marker;
mod rows;
mod schema;
mod side;
mod table;
mod text;

use std::path::PathBuf;

use weald_domain::{ports::StoreError, time::UnixMillis};

use crate::{address::DatabaseAddress, sql::audit::ChainFault, store::OpenError};

pub use files::CopiedFiles;
pub(crate) use marker::is_marked;

use side::{Source, Target};

/// A deployment at rest: its data folder, and where its tables are.
#[derive(Debug, Clone)]
pub struct Place {
    /// The data folder.
    pub data_root: PathBuf,
    /// The tables.
    pub database: DatabaseAddress,
}

/// What a copy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Stored files are copied.
    Files,
    /// Rows are copied.
    Rows,
    /// What was written is read back.
    Verify,
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'p> {
    /// What it does.
    pub step: Step,
    /// The table or folder it is at.
    pub at: &'p str,
    /// Rows or files of it that are done.
    pub done: u64,
    /// Rows of it in all; none when they were not counted.
    pub of: Option<u64>,
}

/// Hears how far a copy is.
pub type Watch<'w> = &'w mut (dyn for<'p> FnMut(Progress<'p>) + Send);

/// A table that was copied and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// The digest of what is in them, the same on both engines.
    pub digest: String,
}

/// What was copied, and that it is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Every table.
    pub tables: Vec<CopiedTable>,
    /// The digest of them all.
    pub digest: String,
    /// The newest place of the feed.
    pub head: u64,
    /// Entries of the audit chains that hold.
    pub audited: u64,
    /// Audit chains that did not hold at the source, and do not at the target.
    pub broken_chains: Vec<ChainFault>,
    /// What else was not in order at the source, and is not at the target.
    pub faults: Vec<String>,
    /// The stored files; none when the target goes on with the folder of the source.
    pub files: Option<CopiedFiles>,
}

/// A table that is not the same at both places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub table: String,
    /// Its rows at the source.
    pub source_rows: u64,
    /// Its rows at the target.
    pub target_rows: u64,
}

/// A deployment was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is no database at the source.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// The source has another version than this build.
    #[error("the source has schema version {found}, this build copies version {known}")]
    SourceVersion {
        /// The version of the source.
        found: i64,
        /// The version of this build.
        known: i64,
    },
    /// The target has tables of another version.
    #[error("the target has schema version {found}, this build copies version {known}")]
    TargetVersion {
        /// The version of the target.
        found: i64,
        /// The version of this build.
        known: i64,
    },
    /// There is something at the target.
    #[error("the target is not empty: {0}")]
    Occupied(String),
    /// The places do not have the same tables.
    #[error("the two databases do not have the same tables: {0}")]
    Schema(String),
    /// A text that the target cannot hold.
    #[error("a text in {table}.{column} holds a zero byte, which PostgreSQL cannot keep")]
    ZeroByte {
        /// In which table.
        table: String,
        /// In which column.
        column: String,
    },
    /// What was written is not what was read.
    #[error("the target does not have what the source has: {}", named(.0))]
    Differs(Vec<Difference>),
    /// The target is not in order where the source is.
    #[error("the target is not in order: {}", .0.join("; "))]
    Unsound(Vec<String>),
    /// A stored file was not copied.
    #[error("copying {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The source was not opened.
    #[error("opening the source")]
    Source(#[source] OpenError),
    /// The target was not opened.
    #[error("opening the target")]
    Target(#[source] OpenError),
    /// Reading the source failed.
    #[error("reading the source")]
    Reading(#[source] StoreError),
    /// Writing the target failed.
    #[error("writing the target")]
    Writing(#[source] StoreError),
}

fn named(differences: &[Difference]) -> String {
    let one = |d: &Difference| {
        let (table, source, target) = (&d.table, d.source_rows, d.target_rows);
        if source == target {
            format!("{table} (other contents)")
        } else {
            format!("{table} ({source} rows, {target} at the target)")
        }
    };
    differences.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Copies a deployment that nobody uses to a place where there is none. With one data folder for
/// both places only the tables are copied.
///
/// # Errors
/// See [`CopyError`]. The source is as it was; the target cannot be used.
pub async fn copy_deployment(
    from: &Place,
    to: &Place,
    now: UnixMillis,
    watch: Watch<'_>,
) -> Result<Copied, CopyError> {
    let mut source = Source::open(from).await?;
    let tables = source.tables().await?;
    let mut target = Target::open(to, &source, now).await?;
    let pairs = schema::paired(tables, target.tables().await?)?;
    target.must_be_empty(&pairs).await?;
    let files = match target.folder_to_fill() {
        Some(folder) => Some(files::copy(&from.data_root, &folder, watch).await?),
        None => None,
    };
    let written = table::copy_all(&mut source, &mut target, &pairs, watch).await?;
    let checked = checks::of(&mut source).await.map_err(CopyError::Reading)?;
    source.end().await?;
    target.finish_rows(checked.head).await?;
    let tables = table::verify(&mut target, &pairs, written, watch).await?;
    let found = checks::of(&mut target).await.map_err(CopyError::Writing)?;
    if found != checked {
        return Err(CopyError::Unsound(found.against(&checked)));
    }
    target.keep().await?;
    Ok(Copied {
        digest: digest::of_all(&tables),
        tables,
        head: checked.head,
        audited: checked.audited,
        broken_chains: checked.broken_chains,
        faults: checked.faults,
        files,
    })
}
