//! Claims and leases: who runs a stream, and which streams wait for somebody.

use std::collections::HashSet;

use weald_domain::{
    cursor::Cursor,
    id::{SessionId, StreamId},
    ports::{Claimed, Lease, StoreError, Waiting},
    session::Session,
    tool::EffectClass,
};

use super::{Owner, append::StreamRow, format, project};
use crate::{
    blobs::blocking,
    bus::Outgoing,
    fail_points,
    live::read_log,
    sql::{Read, Row, Sql, column, events, sessions, sql, tx::Tx},
    store::Store,
};

struct ClaimedRow {
    stream: StreamRow,
    /// Its owner died without handing it back.
    orphaned: bool,
    epoch: u64,
    head_seq: u64,
}

impl Read for ClaimedRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            stream: StreamRow::read(row)?,
            orphaned: column::flag(row, "orphaned")?,
            epoch: column::count(row, "epoch")?,
            head_seq: column::count(row, "head_seq")?,
        })
    }
}

struct Orphaned(bool);

impl Read for Orphaned {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::flag(row, "orphaned").map(Self)
    }
}

struct OpenStep(String, EffectClass);

impl Read for OpenStep {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self(
            column::text(row, "step_key")?,
            column::named(row, "effect")?,
        ))
    }
}

struct WaitingRow {
    waiting: Waiting,
    /// This process owns it, as storage has it.
    mine: bool,
}

impl Read for WaitingRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            waiting: Waiting {
                session_id: column::id(row, "id")?,
                orphaned: column::flag(row, "orphaned")?,
            },
            mine: column::flag(row, "mine")?,
        })
    }
}

struct Id(SessionId);

impl Read for Id {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

impl Store {
    pub(super) async fn claim_session(
        &self,
        session: SessionId,
    ) -> Result<Option<Claimed>, StoreError> {
        let Some(row) = self.take(session).await? else {
            return Ok(None);
        };
        let orphaned = row.orphaned;
        match self.history_of(session, row).await {
            Ok(claimed) => Ok(Some(claimed)),
            Err(error) if orphaned => {
                self.abandon_session(session).await?;
                Err(error)
            }
            Err(error) => {
                self.unclaim(session).await?;
                Err(error)
            }
        }
    }

    pub(super) async fn seize_session(
        &self,
        session: SessionId,
    ) -> Result<Option<Lease>, StoreError> {
        let row = self.take(session).await?;
        Ok(row.map(|row| Lease {
            session_id: session,
            epoch: row.epoch,
            head_seq: row.head_seq,
        }))
    }

    pub(super) async fn abandon_session(&self, session: SessionId) -> Result<(), StoreError> {
        // Should the write fail, it waits for an owner all the same.
        self.0.bus.registry.release(session);
        let me = self.0.incarnation.clone();
        self.0
            .writer
            .write(fail_points::CLAIM, move |tx| {
                Box::pin(abandon(tx, session, me))
            })
            .await
    }

    async fn take(&self, session: SessionId) -> Result<Option<ClaimedRow>, StoreError> {
        let owner = self.as_owner();
        let log = self.0.folder.live_log(session);
        let tail = blocking(move || read_log(&log, Cursor::START)).await?;
        let tail = tail.frames.last().map(|(cursor, ..)| *cursor);
        self.0
            .writer
            .write(fail_points::CLAIM, move |tx| {
                Box::pin(claim(tx, session, owner, tail))
            })
            .await
    }

    /// Gives back a stream that was claimed and cannot be driven: somebody may claim it later.
    async fn unclaim(&self, session: SessionId) -> Result<(), StoreError> {
        self.0
            .writer
            .write(fail_points::CLAIM, move |tx| {
                Box::pin(project::release(tx, session, "runnable"))
            })
            .await
    }

    /// All that the new owner of a stream needs.
    async fn history_of(&self, session: SessionId, row: ClaimedRow) -> Result<Claimed, StoreError> {
        let mut reader = self.reader().await?;
        let stream = StreamId::from(session);
        let session: Option<Session> = reader.one(sql(sessions::BY_ID).bind(session)).await?;
        let Some(session) = session else {
            return Err(StoreError::Corrupt {
                what: "a session",
                source: format!("stream {stream} has no session").into(),
            });
        };
        let open_steps: Vec<OpenStep> = reader
            .all(
                sql("SELECT step_key, effect FROM step
                     WHERE stream_id = ? AND status = 'intent' ORDER BY start_seq, step_key")
                .bind(stream),
            )
            .await?;
        let stored = reader
            .all(sql(events::stored!("WHERE e.stream_id = ? ORDER BY e.seq")).bind(stream))
            .await?;
        let events = events::complete(&self.0.blobs, &mut reader, stored).await?;
        Ok(Claimed {
            lease: Lease {
                session_id: session.id,
                epoch: row.epoch,
                head_seq: row.head_seq,
            },
            origin: row.stream.origin(),
            session,
            events,
            open_steps: open_steps
                .into_iter()
                .map(|OpenStep(key, effect)| (key, effect))
                .collect(),
        })
    }

    pub(super) async fn waiting_sessions(&self) -> Result<Vec<Waiting>, StoreError> {
        let rows: Vec<WaitingRow> = self
            .reader()
            .await?
            .all(
                sql("SELECT id, status = 'running' AS orphaned,
                        owner_incarnation IS NOT DISTINCT FROM ?2 AS mine
                     FROM stream
                     WHERE kind = 'session' AND format <= ?1 AND status IN ('runnable', 'running')
                     ORDER BY id")
                .bind(format())
                .bind(self.0.incarnation.clone()),
            )
            .await?;
        let owned: HashSet<SessionId> = self.owned().into_iter().collect();
        // One that is ours in storage alone: its begin, or its claim, was committed without an
        // answer.
        let waits = |row: &WaitingRow| !row.mine || !owned.contains(&row.waiting.session_id);
        Ok(rows
            .into_iter()
            .filter(waits)
            .map(|row| row.waiting)
            .collect())
    }

    pub(super) async fn renew_leases(&self) -> Result<Vec<SessionId>, StoreError> {
        let owned = self.owned();
        if !self.has_database().await? {
            return Ok(owned);
        }
        if owned.is_empty() {
            return Ok(Vec::new());
        }
        let owner = self.as_owner();
        let held: Vec<SessionId> = self
            .0
            .writer
            .write(fail_points::RENEW, move |tx| Box::pin(renew(tx, owner)))
            .await?;
        let lost: Vec<_> = owned.into_iter().filter(|id| !held.contains(id)).collect();
        // A session may have ended, or parked, since the list was made.
        let still = self.owned();
        Ok(lost.into_iter().filter(|id| still.contains(id)).collect())
    }
}

/// `tail` is the newest frame of the live log, which nobody writes while nobody owns the stream.
///
/// An orphan is a running stream of another incarnation: the lock of the data folder, or of the
/// database, proves that no other one lives, so its lease needs no waiting for.
async fn claim(
    tx: &mut Tx,
    session: SessionId,
    owner: Owner,
    tail: Option<Cursor>,
) -> Result<Option<ClaimedRow>, StoreError> {
    // Whoever holds the row claims it, or has just posted to it and will, or answers an approval of
    // it: that wakes it afterwards, also when somebody else was first.
    let found: Option<Orphaned> = tx
        .one(
            sql("SELECT status = 'running' AS orphaned FROM stream WHERE id = ?")
                .on_postgres(
                    "SELECT status = 'running' AS orphaned FROM stream WHERE id = ?
                     FOR UPDATE SKIP LOCKED",
                )
                .bind(session),
        )
        .await?;
    let Some(Orphaned(orphaned)) = found else {
        return Ok(None);
    };
    let row: Option<ClaimedRow> = tx
        .one(
            sql(
                "UPDATE stream SET epoch = epoch + 1, status = 'running', owner_node = ?1,
                    owner_incarnation = ?2, lease_until = ?3
                 WHERE id = ?4 AND kind = 'session' AND format <= ?5
                    AND (status = 'runnable'
                        OR (status = 'running' AND owner_incarnation IS DISTINCT FROM ?2))
                 RETURNING id, workspace_id, owner_id, conversation_id, agent_id, epoch, head_seq,
                    ?6 AS orphaned",
            )
            .bind(owner.node)
            .bind(owner.incarnation)
            .bind(owner.lease_until.0)
            .bind(session)
            .bind(format())
            .bind(orphaned),
        )
        .await?;
    if let Some(row) = &row {
        let head = Cursor::durable(row.head_seq);
        tx.publish(Outgoing::Claimed {
            origin: row.stream.origin(),
            head: tail.map_or(head, |tail| tail.max(head)),
        });
    }
    Ok(row)
}

async fn abandon(tx: &mut Tx, session: SessionId, me: String) -> Result<(), StoreError> {
    let mine: Option<Id> = tx
        .one(
            sql(
                "UPDATE stream SET owner_node = NULL, owner_incarnation = NULL, lease_until = NULL
                 WHERE id = ? AND status = 'running' AND owner_incarnation = ? RETURNING id",
            )
            .bind(session)
            .bind(me),
        )
        .await?;
    if let Some(Id(session)) = mine {
        tx.publish(Outgoing::Released(session));
    }
    Ok(())
}

async fn renew(tx: &mut Tx, owner: Owner) -> Result<Vec<SessionId>, StoreError> {
    let rows: Vec<Id> = tx
        .all(
            sql("UPDATE stream SET lease_until = ?
                 WHERE status = 'running' AND owner_incarnation = ? RETURNING id")
            .bind(owner.lease_until.0)
            .bind(owner.incarnation),
        )
        .await?;
    Ok(rows.into_iter().map(|Id(id)| id).collect())
}
