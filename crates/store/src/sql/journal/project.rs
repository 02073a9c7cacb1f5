//! The projections of an append: one function per kind of [`Write`].

use weald_domain::{
    id::{InboxId, MessageId, SessionId},
    message::{MessageError, MessageMetadata, Part},
    ports::{StepStatus, StoreError, Write},
    session::{EndReason, RunSummary, SessionStatus},
    time::UnixMillis,
    tool::EffectClass,
};

use super::append::StreamRow;
use crate::{
    bus::Outgoing,
    sql::{
        Read, Row, Sql, approvals, assets, audit,
        column::{self, to_int, to_json, to_name},
        conversations, messages, sql,
        tx::Tx,
    },
};

/// Writes one projection; whether it made the stream `runnable`.
pub(super) async fn write(
    tx: &mut Tx,
    stream: &StreamRow,
    head_seq: u64,
    write: Write,
) -> Result<bool, StoreError> {
    let session = stream.session;
    match write {
        Write::Message(message) => {
            messages::insert(tx, &message, stream.workspace, stream.owner).await?;
            let at = message.created_at;
            conversations::select_leaf(tx, stream.conversation, message.id, at).await?;
        }
        Write::Parts {
            message_id,
            parts,
            metadata,
            at,
        } => update_parts(tx, session, message_id, &parts, &metadata, at).await?,
        Write::StepIntent {
            key,
            effect,
            input_hash,
        } => step_intent(tx, session, &key, effect, &input_hash, head_seq).await?,
        Write::StepEnd { key, status } => step_end(tx, session, &key, status, head_seq).await?,
        Write::Asset(asset) => assets::insert(tx, &asset).await?,
        Write::Approval(approval) => approvals::insert(tx, &approval).await?,
        Write::ExpireApprovals { at } => approvals::expire_of(tx, session, at).await?,
        Write::Consumed { ids } => consume(tx, session, &ids, head_seq).await?,
        Write::Audit(entry) => audit::append(tx, entry),
        Write::End {
            status,
            end_reason,
            final_message_id,
            run_summary,
            error,
            at,
        } => {
            let end = End {
                status,
                end_reason,
                final_message_id,
                run_summary,
                error,
                at,
            };
            settle(tx, session, end).await?;
            release(tx, session, "terminal").await?;
        }
        Write::Park => {
            let runnable = has_unread(tx, session).await?;
            let status = if runnable { "runnable" } else { "waiting" };
            release(tx, session, status).await?;
            return Ok(runnable);
        }
        Write::HandBack => release(tx, session, "runnable").await?,
    }
    Ok(false)
}

async fn update_parts(
    tx: &mut Tx,
    session: SessionId,
    message: MessageId,
    parts: &[Part],
    metadata: &MessageMetadata,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let hit = tx
        .execute(
            sql("UPDATE message SET parts = ?, metadata = ?, updated_at = ?
                 WHERE id = ? AND session_id = ?")
            .bind(to_json(parts)?)
            .bind(to_json(metadata)?)
            .bind(at.0)
            .bind(message)
            .bind(session),
        )
        .await?;
    if hit == 1 {
        Ok(())
    } else {
        Err(StoreError::Corrupt {
            what: "a message of a session",
            source: format!("message {message} is not of session {session}").into(),
        })
    }
}

/// A step that may begin; a second intent of a key is a new attempt.
pub(super) async fn step_intent(
    tx: &mut Tx,
    session: SessionId,
    key: &str,
    effect: EffectClass,
    input_hash: &str,
    seq: u64,
) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO step (stream_id, step_key, attempt, status, effect, input_hash, start_seq)
             VALUES (?, ?, 1, 'intent', ?, ?, ?)
             ON CONFLICT (stream_id, step_key) DO UPDATE SET attempt = step.attempt + 1,
                status = 'intent', effect = excluded.effect, input_hash = excluded.input_hash,
                start_seq = excluded.start_seq, end_seq = NULL",
        )
        .bind(session)
        .bind(key.to_owned())
        .bind(to_name(&effect)?)
        .bind(input_hash.to_owned())
        .bind(to_int(seq)),
    )
    .await?;
    Ok(())
}

async fn step_end(
    tx: &mut Tx,
    session: SessionId,
    key: &str,
    status: StepStatus,
    seq: u64,
) -> Result<(), StoreError> {
    let status = match status {
        StepStatus::Intent => "intent",
        StepStatus::Done => "done",
        StepStatus::Failed => "failed",
        StepStatus::Unknown => "unknown",
    };
    tx.execute(
        sql("UPDATE step SET status = ?, end_seq = ? WHERE stream_id = ? AND step_key = ?")
            .bind(status)
            .bind(to_int(seq))
            .bind(session)
            .bind(key.to_owned()),
    )
    .await?;
    Ok(())
}

async fn consume(
    tx: &mut Tx,
    session: SessionId,
    ids: &[InboxId],
    seq: u64,
) -> Result<(), StoreError> {
    for id in ids {
        tx.execute(
            sql("UPDATE inbox SET consumed_seq = ?
                 WHERE stream_id = ? AND msg_id = ? AND consumed_seq IS NULL")
            .bind(to_int(seq))
            .bind(session)
            .bind(*id),
        )
        .await?;
    }
    Ok(())
}

struct Unread(bool);

impl Read for Unread {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::flag(row, "unread").map(Self)
    }
}

async fn has_unread(tx: &mut Tx, session: SessionId) -> Result<bool, StoreError> {
    let unread: Option<Unread> = tx
        .one(
            sql("SELECT EXISTS (SELECT 1 FROM inbox
                    WHERE stream_id = ? AND consumed_seq IS NULL) AS unread")
            .bind(session),
        )
        .await?;
    Ok(unread.is_some_and(|Unread(unread)| unread))
}

struct End {
    status: SessionStatus,
    end_reason: EndReason,
    final_message_id: Option<MessageId>,
    run_summary: RunSummary,
    error: Option<MessageError>,
    at: UnixMillis,
}

async fn settle(tx: &mut Tx, session: SessionId, end: End) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE session SET status = ?, end_reason = ?, final_message_id = ?, run_summary = ?,
                error = ?, ended_at = ?
             WHERE id = ? AND status = 'created'",
        )
        .bind(to_name(&end.status)?)
        .bind(to_name(&end.end_reason)?)
        .bind(end.final_message_id)
        .bind(to_json(&end.run_summary)?)
        .bind(end.error.as_ref().map(to_json).transpose()?)
        .bind(end.at.0)
        .bind(session),
    )
    .await?;
    Ok(())
}

/// Leaves the stream without an owner.
pub(super) async fn release(
    tx: &mut Tx,
    session: SessionId,
    status: &'static str,
) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE stream SET status = ?, owner_node = NULL, owner_incarnation = NULL,
                lease_until = NULL
             WHERE id = ?",
        )
        .bind(status)
        .bind(session),
    )
    .await?;
    tx.publish(Outgoing::Released(session));
    Ok(())
}
