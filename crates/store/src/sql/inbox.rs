//! The inbox of a session: durable rows that any process may write.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use weald_domain::{
    id::{ApprovalId, InboxId, SessionId, UserId},
    ports::{Inbox, InboxKind, InboxRow, Posted, StoreError},
    time::UnixMillis,
};

use super::{
    Read, Sql,
    column::{self, to_json},
    sql,
    writer::Tx,
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

struct Row(InboxRow);

impl Read for Row {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
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
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
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
    let status: Option<Status> = tx
        .one(sql("SELECT status FROM stream WHERE id = ?").bind(session.to_string()))
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
        .bind(session.to_string())
        .bind(row.id.to_string())
        .bind(kind)
        .bind(payload)
        .bind(at.0),
    )
    .await?;
    tx.execute(
        sql(
            "UPDATE stream SET status = 'runnable', updated_at = max(updated_at, ?)
             WHERE id = ? AND status = 'waiting'",
        )
        .bind(at.0)
        .bind(session.to_string()),
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
        let rows: Vec<Row> = self
            .reader()
            .await?
            .all(
                sql("SELECT msg_id, kind, payload FROM inbox
                     WHERE stream_id = ? AND consumed_seq IS NULL ORDER BY created_at, msg_id")
                .bind(session.to_string()),
            )
            .await?;
        Ok(rows.into_iter().map(|Row(row)| row).collect())
    }
}
