//! Copying the rows of each table, and reading them back.

use futures::TryStreamExt;

use super::{
    CopiedTable, CopyError, Difference, Progress, Step, Watch,
    digest::Digest,
    insert::Batch,
    rows,
    schema::{Pair, Table},
    side::{Source, Target},
    text,
};
use crate::sql::Sql as _;

/// After how many rows the one who watches hears of it.
const SAID_EVERY: u64 = 10_000;

/// Copies every table; the digest of each as it was read.
pub(super) async fn copy_all(
    source: &mut Source,
    target: &mut Target,
    pairs: &[Pair],
    watch: Watch<'_>,
) -> Result<Vec<Digest>, CopyError> {
    let mut digests = Vec::with_capacity(pairs.len());
    for pair in pairs {
        digests.push(copy(source, target, pair, watch).await?);
    }
    Ok(digests)
}

async fn copy(
    source: &mut Source,
    target: &mut Target,
    pair: &Pair,
    watch: Watch<'_>,
) -> Result<Digest, CopyError> {
    let of = count(source, &pair.source).await?;
    let mut digest = Digest::default();
    let mut batch = Batch::new(&pair.target);
    let mut rows = rows::all(source.conn(), &pair.source);
    say(watch, Step::Rows, &pair.source, digest, of);
    while let Some(row) = rows.try_next().await.map_err(CopyError::Reading)? {
        digest.add(&row);
        batch.push(row);
        if batch.is_full() {
            batch.write(target).await?;
        }
        if digest.rows() % SAID_EVERY == 0 {
            say(watch, Step::Rows, &pair.source, digest, of);
        }
    }
    batch.write(target).await?;
    Ok(digest)
}

/// Reads every table of the target back.
pub(super) async fn verify(
    target: &mut Target,
    pairs: &[Pair],
    written: Vec<Digest>,
    watch: Watch<'_>,
) -> Result<Vec<CopiedTable>, CopyError> {
    let (mut tables, mut differences) = (Vec::new(), Vec::new());
    for (pair, expected) in pairs.iter().zip(written) {
        let found = read_back(target, &pair.target, expected.rows(), watch).await?;
        if found != expected {
            differences.push(Difference {
                table: pair.target.name.clone(),
                source_rows: expected.rows(),
                target_rows: found.rows(),
            });
        }
        let columns = pair.target.columns.iter();
        tables.push(CopiedTable {
            name: pair.target.name.clone(),
            rows: found.rows(),
            digest: found.text(columns.map(|column| column.name.as_str())),
        });
    }
    if differences.is_empty() {
        Ok(tables)
    } else {
        Err(CopyError::Differs(differences))
    }
}

async fn read_back(
    target: &mut Target,
    table: &Table,
    of: u64,
    watch: Watch<'_>,
) -> Result<Digest, CopyError> {
    let mut digest = Digest::default();
    say(watch, Step::Verify, table, digest, of);
    let mut rows = rows::all(target.conn(), table);
    while let Some(row) = rows.try_next().await.map_err(CopyError::Writing)? {
        digest.add(&row);
        if digest.rows() % SAID_EVERY == 0 {
            say(watch, Step::Verify, table, digest, of);
        }
    }
    Ok(digest)
}

fn say(watch: Watch<'_>, step: Step, table: &Table, digest: Digest, of: u64) {
    watch(Progress {
        step,
        at: &table.name,
        done: digest.rows(),
        of: Some(of),
    });
}

async fn count(source: &mut Source, table: &Table) -> Result<u64, CopyError> {
    let text = format!("SELECT count(*) AS n FROM {}", table.quoted());
    text::number(source, text).await.map_err(CopyError::Reading)
}
