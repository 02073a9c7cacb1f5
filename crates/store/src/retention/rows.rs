//! Rows whose time is over.

use weald_domain::{ports::StoreError, time::UnixMillis};

use super::{Amount, Disused, Keeper};
use crate::{
    fail_points,
    sql::{Read, Row, Sql, Statement, column, sql},
};

/// How many there are, and their bytes.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) count: u64,
    pub(super) bytes: u64,
}

impl Read for Counted {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            count: column::count(row, "n")?,
            bytes: column::count(row, "bytes")?,
        })
    }
}

/// Rows that have an hour at which they are of no more use.
#[derive(Clone, Copy)]
pub(super) struct Expiring {
    pub(super) of: Disused,
    count: fn() -> Statement,
    remove: fn() -> Statement,
}

/// All there are.
pub(super) const EXPIRING: [Expiring; 2] = [
    Expiring {
        of: Disused::RequestKeys,
        count: || {
            sql("SELECT count(*) AS n,
                    coalesce(sum(octet_length(key) + coalesce(octet_length(response_body), 0)), 0)
                        AS bytes
                 FROM request_key WHERE expires_at <= ?")
        },
        remove: || {
            sql("DELETE FROM request_key WHERE expires_at <= ?").on_postgres(
                "DELETE FROM request_key WHERE (owner_id, key) IN (
                    SELECT owner_id, key FROM request_key WHERE expires_at <= ?
                    FOR UPDATE SKIP LOCKED)",
            )
        },
    },
    Expiring {
        of: Disused::Logins,
        count: || {
            sql("SELECT count(*) AS n, coalesce(sum(octet_length(token_hash)
                    + coalesce(octet_length(user_agent), 0)), 0) AS bytes
                 FROM login WHERE expires_at <= ?")
        },
        remove: || sql("DELETE FROM login WHERE expires_at <= ?"),
    },
];

/// How much there is.
pub(super) async fn look(
    reader: &mut impl Sql,
    rows: Expiring,
    now: UnixMillis,
) -> Result<Amount, StoreError> {
    let found: Option<Counted> = reader.one((rows.count)().bind(now.0)).await?;
    let Counted { count, bytes } = found.unwrap_or_default();
    let of = rows.of;
    Ok(Amount { of, count, bytes })
}

/// Removes them.
pub(super) async fn remove(
    keeper: &Keeper<'_>,
    rows: Expiring,
    now: UnixMillis,
) -> Result<Amount, StoreError> {
    let work = keeper.writer.write(fail_points::EDIT, move |tx| {
        Box::pin(async move {
            let mut amount = look(tx, rows, now).await?;
            amount.count = tx.execute((rows.remove)().bind(now.0)).await?;
            Ok::<_, StoreError>(amount)
        })
    });
    work.await
}
