//! `Idempotency-Key`s and their responses, for 24 hours.

use async_trait::async_trait;
use bytes::Bytes;
use weald_domain::{
    id::UserId,
    limits::IDEMPOTENCY_KEY_MS,
    ports::{KeyState, RequestKeys, StoreError, StoredResponse},
    time::UnixMillis,
};

use super::{Read, Row, Sql, column, sql, tx::Tx};
use crate::{fail_points, store::Store};

struct Known {
    request_hash: String,
    response: Option<StoredResponse>,
}

impl Read for Known {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let status = column::opt_int(row, "response_status")?;
        let body = column::opt_bytes(row, "response_body")?;
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
pub(super) async fn free_unanswered(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute(sql(
        "DELETE FROM request_key WHERE response_status IS NULL AND session_id IS NULL",
    ))
    .await?;
    Ok(())
}

async fn reserve(
    tx: &mut Tx,
    owner: UserId,
    key: String,
    request_hash: String,
    now: UnixMillis,
) -> Result<KeyState, StoreError> {
    tx.execute(
        sql("DELETE FROM request_key WHERE expires_at <= ?")
            .on_postgres(
                "DELETE FROM request_key WHERE (owner_id, key) IN (
                    SELECT owner_id, key FROM request_key WHERE expires_at <= ?
                    FOR UPDATE SKIP LOCKED)",
            )
            .bind(now.0),
    )
    .await?;
    let reserved = tx
        .execute(
            sql(
                "INSERT INTO request_key (owner_id, key, request_hash, expires_at, created_at)
                 VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (owner_id, key) DO UPDATE SET request_hash = excluded.request_hash,
                    session_id = NULL, response_status = NULL, response_body = NULL,
                    expires_at = excluded.expires_at, created_at = excluded.created_at
                 WHERE request_key.expires_at <= excluded.created_at",
            )
            .bind(owner)
            .bind(key.clone())
            .bind(request_hash.clone())
            .bind(now.plus_millis(IDEMPOTENCY_KEY_MS).0)
            .bind(now.0),
        )
        .await?;
    if reserved == 1 {
        return Ok(KeyState::New);
    }
    let known: Option<Known> = tx
        .one(
            sql(
                "SELECT request_hash, response_status, response_body FROM request_key
                 WHERE owner_id = ? AND key = ?",
            )
            .bind(owner)
            .bind(key),
        )
        .await?;
    Ok(match known {
        Some(known) if known.request_hash == request_hash => {
            known.response.map_or(KeyState::Running, KeyState::Done)
        }
        Some(_) | None => KeyState::OtherRequest,
    })
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
        .bind(owner)
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
        .bind(owner)
        .bind(key.to_owned());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { tx.execute(statement).await.map(|_| ()) })
            })
            .await
    }
}
