//! `Idempotency-Key`s and their responses, for 24 hours.

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use weald_domain::{
    id::UserId,
    limits::IDEMPOTENCY_KEY_MS,
    ports::{KeyState, RequestKeys, StoreError, StoredResponse},
    time::UnixMillis,
};

use super::{Read, Sql, column, sql, storage, writer::Tx};
use crate::{fail_points, store::Store};

struct Row {
    request_hash: String,
    response: Option<StoredResponse>,
}

impl Read for Row {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let status = column::opt_int(row, "response_status")?;
        let body: Option<Vec<u8>> = row.try_get("response_body").map_err(storage)?;
        let status = status.and_then(|status| u16::try_from(status).ok());
        Ok(Self {
            request_hash: column::text(row, "request_hash")?,
            response: status.map(|status| StoredResponse {
                status,
                body: Bytes::from(body.unwrap_or_default()),
            }),
        })
    }
}

/// Frees the keys whose requests an earlier process began and did not answer. Those of a session
/// stay: it was begun.
pub(crate) async fn free_unanswered(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sql("DELETE FROM request_key WHERE response_status IS NULL AND session_id IS NULL")
        .execute(conn)
        .await
        .map_err(storage)?;
    Ok(())
}

async fn reserve(
    tx: &mut Tx,
    owner: UserId,
    key: String,
    request_hash: String,
    now: UnixMillis,
) -> Result<KeyState, StoreError> {
    tx.execute(sql("DELETE FROM request_key WHERE expires_at <= ?").bind(now.0))
        .await?;
    let known: Option<Row> = tx
        .one(
            sql(
                "SELECT request_hash, response_status, response_body FROM request_key
                 WHERE owner_id = ? AND key = ?",
            )
            .bind(owner.to_string())
            .bind(key.clone()),
        )
        .await?;
    match known {
        Some(row) if row.request_hash != request_hash => return Ok(KeyState::OtherRequest),
        Some(row) => return Ok(row.response.map_or(KeyState::Running, KeyState::Done)),
        None => {}
    }
    tx.execute(
        sql(
            "INSERT INTO request_key (owner_id, key, request_hash, expires_at, created_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(owner.to_string())
        .bind(key)
        .bind(request_hash)
        .bind(now.plus_millis(IDEMPOTENCY_KEY_MS).0)
        .bind(now.0),
    )
    .await?;
    Ok(KeyState::New)
}

#[async_trait]
impl RequestKeys for Store {
    async fn reserve(
        &self,
        owner: UserId,
        key: &str,
        request_hash: &str,
        now: UnixMillis,
    ) -> Result<KeyState, StoreError> {
        let (key, hash) = (key.to_owned(), request_hash.to_owned());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(reserve(tx, owner, key, hash, now))
            })
            .await
    }

    async fn complete(
        &self,
        owner: UserId,
        key: &str,
        response: StoredResponse,
    ) -> Result<(), StoreError> {
        let statement = sql(
            "UPDATE request_key SET response_status = ?, response_body = ?
             WHERE owner_id = ? AND key = ?",
        )
        .bind(i64::from(response.status))
        .bind(response.body.to_vec())
        .bind(owner.to_string())
        .bind(key.to_owned());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { tx.execute(statement).await.map(|_| ()) })
            })
            .await
    }

    async fn release(&self, owner: UserId, key: &str) -> Result<(), StoreError> {
        let statement = sql("DELETE FROM request_key
             WHERE owner_id = ? AND key = ? AND response_status IS NULL AND session_id IS NULL")
        .bind(owner.to_string())
        .bind(key.to_owned());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { tx.execute(statement).await.map(|_| ()) })
            })
            .await
    }
}
