//! The inbox of a session: durable rows that any process may write.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use weald_domain::{
    id::{ApprovalId, InboxId, SessionId, UserId},
    ports::{Inbox, InboxKind, InboxRow, Posted, StoreError},
    time::UnixMillis,
};

use super::{
    Read, Row, Sql,
    column::{self, to_json},
    lock::Lock,
    sql,
    tx::Tx,
};
use crate::{fail_points, store::Store};

/// The stored form of an interrupt.
#[derive(Debug, Serialize, Deserialize)]
struct Interrupt {
    by: Option<UserId>,
    reason: Option<String>,
}

/// The stored form of an answer.
#[derive(Debug, Serialize, Deserialize)]
struct Answered {
    approval_id: ApprovalId,
}

struct UnreadRow(InboxRow);

impl Read for UnreadRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let kind = match column::text(row, "kind")?.as_str() {
            "interrupt" => {
                let Interrupt { by, reason } = column::json(row, "payload")?;
                InboxKind::Interrupt { by, reason }
            }
            _ => {
                let Answered { approval_id } = column::json(row, "payload")?;
                InboxKind::ApprovalAnswered { approval_id }
            }
        };
        Ok(Self(InboxRow {
            id: column::id::<InboxId>(row, "msg_id")?,
            kind,
        }))
    }
}

struct Status(String);

impl Read for Status {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::text(row, "status").map(Self)
    }
}

/// Posts a row and wakes a parked stream. The same row posted twice is there once.
pub(crate) async fn post(
    tx: &mut Tx,
    session: SessionId,
    row: InboxRow,
    at: UnixMillis,
) -> Result<Posted, StoreError> {
    tx.lock(Lock::Session(session)).await?;
    let status: Option<Status> = tx
        .one(sql("SELECT status FROM stream WHERE id = ?").bind(session))
        .await?;
    let posted = match status.as_ref().map(|Status(status)| status.as_str()) {
        None | Some("terminal") => return Ok(Posted::Ended),
        Some("running") => Posted::ToOwner,
        Some(_) => Posted::Runnable,
    };
    let (kind, payload) = match row.kind {
        InboxKind::Interrupt { by, reason } => ("interrupt", to_json(&Interrupt { by, reason })?),
        InboxKind::ApprovalAnswered { approval_id } => {
            ("approval", to_json(&Answered { approval_id })?)
        }
    };
    tx.execute(
        sql(
            "INSERT INTO inbox (stream_id, msg_id, kind, payload, created_at)
             VALUES (?, ?, ?, ?, ?) ON CONFLICT (stream_id, msg_id) DO NOTHING",
        )
        .bind(session)
        .bind(row.id)
        .bind(kind)
        .bind(payload)
        .bind(at.0),
    )
    .await?;
    tx.execute(
        sql("UPDATE stream SET status = 'runnable',
                updated_at = CASE WHEN updated_at > ?1 THEN updated_at ELSE ?1 END
             WHERE id = ?2 AND status = 'waiting'")
        .bind(at.0)
        .bind(session),
    )
    .await?;
    Ok(posted)
}

#[async_trait]
impl Inbox for Store {
    async fn post(
        &self,
        session: SessionId,
        row: InboxRow,
        at: UnixMillis,
    ) -> Result<Posted, StoreError> {
        self.0
            .writer
            .write(fail_points::POST, move |tx| {
                Box::pin(post(tx, session, row, at))
            })
            .await
    }

    async fn unread(&self, session: SessionId) -> Result<Vec<InboxRow>, StoreError> {
        let rows: Vec<UnreadRow> = self
            .reader()
            .await?
            .all(
                sql("SELECT msg_id, kind, payload FROM inbox
                     WHERE stream_id = ? AND consumed_seq IS NULL ORDER BY created_at, msg_id")
                .bind(session),
            )
            .await?;
        Ok(rows.into_iter().map(|UnreadRow(row)| row).collect())
    }
}
