//! The audit chains: one per workspace and one of the deployment, append-only, each entry hashed
//! with the one before it, in the transaction of what it records.

use weald_domain::{
    audit::{CHAIN_START, NewAudit, chain_hash},
    id::WorkspaceId,
    ports::{Page, PageRequest, StoreError},
};

use super::{
    Read, Row, Sql,
    column::{self, to_int, to_name},
    page, sql,
    tx::Tx,
};
use crate::store::Store;

/// Entries verified at once.
const STEP: i64 = 1_000;

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number in the chain, from 1.
    pub seq: u64,
    /// What it says.
    pub entry: NewAudit,
    /// Hash of the entry before it.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// The chain; none for the deployment's.
    pub workspace_id: Option<WorkspaceId>,
    /// The first entry that is missing, moved or changed.
    pub seq: u64,
}

impl Read for AuditRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: column::count(row, "seq")?,
            entry: NewAudit {
                workspace_id: workspace(row)?,
                user_id: column::opt_id(row, "user_id")?,
                session_id: column::opt_id(row, "session_id")?,
                extension: column::opt_text(row, "extension")?,
                action: column::text(row, "action")?,
                resource: column::text(row, "resource")?,
                decision: column::named(row, "decision")?,
                grant_id: column::opt_id(row, "grant_id")?,
                payload_hash: column::opt_text(row, "payload_hash")?,
                at: column::millis(row, "at")?,
            },
            prev_hash: column::text(row, "prev_hash")?,
            hash: column::text(row, "hash")?,
        })
    }
}

/// The newest entry of a chain.
#[derive(Debug, Clone)]
pub(super) struct ChainEnd {
    seq: u64,
    hash: String,
}

impl Read for ChainEnd {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: column::count(row, "seq")?,
            hash: column::text(row, "hash")?,
        })
    }
}

struct Chain(Option<WorkspaceId>);

impl Read for Chain {
    fn read(row: &Row) -> Result<Self, StoreError> {
        workspace(row).map(Self)
    }
}

/// The chain of a row; an empty text is the deployment's.
fn workspace(row: &Row) -> Result<Option<WorkspaceId>, StoreError> {
    if column::text(row, "workspace_id")?.is_empty() {
        Ok(None)
    } else {
        column::parsed(row, "workspace_id").map(Some)
    }
}

fn chain_key(workspace: Option<WorkspaceId>) -> String {
    workspace.map_or_else(String::new, |id| id.to_string())
}

/// Appends an entry to its chain, at the end of the transaction.
pub(crate) fn append(tx: &mut Tx, entry: NewAudit) {
    tx.leave_audit(entry);
}

/// Inserts an entry as the newest of its chain.
pub(super) async fn insert(tx: &mut Tx, entry: NewAudit) -> Result<(), StoreError> {
    let chain = chain_key(entry.workspace_id);
    let newest = match tx.chain_end(&chain) {
        Some(end) => Some(end),
        None => newest(tx, &chain).await?,
    };
    let (seq, prev_hash) = newest.map_or_else(
        || (1, CHAIN_START.to_owned()),
        |newest| (newest.seq + 1, newest.hash),
    );
    let hash = chain_hash(&prev_hash, seq, &entry);
    tx.execute(
        sql(
            "INSERT INTO audit (workspace_id, seq, user_id, session_id, extension, action,
                resource, decision, grant_id, payload_hash, at, prev_hash, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(chain.clone())
        .bind(to_int(seq))
        .bind(entry.user_id)
        .bind(entry.session_id)
        .bind(entry.extension)
        .bind(entry.action)
        .bind(entry.resource)
        .bind(to_name(&entry.decision)?)
        .bind(entry.grant_id)
        .bind(entry.payload_hash)
        .bind(entry.at.0)
        .bind(prev_hash)
        .bind(hash.clone()),
    )
    .await?;
    tx.extended(chain, ChainEnd { seq, hash });
    Ok(())
}

async fn newest(tx: &mut Tx, chain: &str) -> Result<Option<ChainEnd>, StoreError> {
    tx.one(
        sql("SELECT seq, hash FROM audit WHERE workspace_id = ? ORDER BY seq DESC LIMIT 1")
            .bind(chain.to_owned()),
    )
    .await
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, seq, user_id, session_id, extension, action, resource, decision,
                grant_id, payload_hash, at, prev_hash, hash
             FROM audit ",
            $rest
        )
    };
}

impl Store {
    /// The entries of one chain, oldest first; `None` is the deployment's. The caller has checked
    /// that the reader may see it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn audit_entries(
        &self,
        workspace: Option<WorkspaceId>,
        request: PageRequest,
    ) -> Result<Page<AuditRow>, StoreError> {
        let after: Option<u64> = page::after(&request)?;
        let rows = self
            .reader()
            .await?
            .all(
                sql(columns!(
                    "WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?"
                ))
                .bind(chain_key(workspace))
                .bind(to_int(after.unwrap_or(0)))
                .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(rows, &request, |row: &AuditRow| row.seq))
    }

    /// Verifies every chain; the first fault of each, and how many entries hold. A chain whose
    /// newest entries were removed cannot be told from a shorter one without a checkpoint kept
    /// elsewhere.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn verify_audit(&self) -> Result<(u64, Vec<ChainFault>), StoreError> {
        verify_all(&mut self.reader().await?).await
    }
}

/// Verifies every chain of a database.
pub(crate) async fn verify_all(
    reader: &mut impl Sql,
) -> Result<(u64, Vec<ChainFault>), StoreError> {
    let chains: Vec<Chain> = reader
        .all(sql(
            "SELECT DISTINCT workspace_id FROM audit ORDER BY workspace_id",
        ))
        .await?;
    let (mut held, mut faults) = (0, Vec::new());
    for Chain(workspace_id) in chains {
        let (count, fault) = verify(reader, workspace_id).await?;
        held += count;
        faults.extend(fault.map(|seq| ChainFault { workspace_id, seq }));
    }
    Ok((held, faults))
}

/// How many entries of a chain hold, and the number of the first that does not.
async fn verify(
    reader: &mut impl Sql,
    workspace: Option<WorkspaceId>,
) -> Result<(u64, Option<u64>), StoreError> {
    let (mut seq, mut hash) = (0, CHAIN_START.to_owned());
    loop {
        let rows: Vec<AuditRow> = reader
            .all(
                sql(columns!(
                    "WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?"
                ))
                .bind(chain_key(workspace))
                .bind(to_int(seq))
                .bind(STEP),
            )
            .await?;
        if rows.is_empty() {
            return Ok((seq, None));
        }
        for row in rows {
            let holds = row.seq == seq + 1
                && row.prev_hash == hash
                && row.hash == chain_hash(&hash, row.seq, &row.entry);
            if !holds {
                return Ok((seq, Some(seq + 1)));
            }
            (seq, hash) = (row.seq, row.hash);
        }
    }
}
