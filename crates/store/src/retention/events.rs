//! What ended sessions recorded: payloads are erased, skeletons stay (D-39).

use weald_domain::{
    audit::{AuditDecision, NewAudit},
    id::SessionId,
    ports::StoreError,
    time::UnixMillis,
};

use super::{Amount, Disused, Keeper, Retention, files, rows::Counted};
use crate::{
    bus::Outgoing,
    data_folder::DataFolder,
    fail_points,
    sql::{Read, Row, Sql, audit, column, sql, tx::Tx},
};

/// Sessions of one transaction.
const SESSIONS: i64 = 50;

struct Ended(SessionId);

impl Read for Ended {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

/// Up to when sessions must have ended; none when everything is kept.
fn limit(kept: Retention, now: UnixMillis) -> Option<UnixMillis> {
    kept.events_ms.map(|kept| now.plus_millis(-kept))
}

/// How much there is; nothing is said when everything is kept.
pub(super) async fn look(
    reader: &mut impl Sql,
    folder: &DataFolder,
    kept: Retention,
    now: UnixMillis,
) -> Result<Option<Amount>, StoreError> {
    let Some(limit) = limit(kept, now) else {
        return Ok(None);
    };
    let found: Option<Counted> = reader
        .one(
            sql(
                "SELECT count(*) AS n, coalesce(sum(octet_length(e.payload)), 0) AS bytes
                 FROM event e JOIN session s ON s.id = e.stream_id
                 WHERE s.ended_at < ? AND (e.payload IS NOT NULL OR e.blob_ref IS NOT NULL)",
            )
            .bind(limit.0),
        )
        .await?;
    let Counted { count, mut bytes } = found.unwrap_or_default();
    let mut after = None;
    loop {
        let ended = ended(reader, limit, after).await?;
        let Some(last) = ended.last() else { break };
        after = Some(*last);
        bytes += files::size_of_payloads(folder, ended).await?;
    }
    let of = Disused::EventPayloads;
    Ok(Some(Amount { of, count, bytes }))
}

/// Erases them; nothing is said when everything is kept.
pub(super) async fn erase(
    keeper: &Keeper<'_>,
    kept: Retention,
    now: UnixMillis,
) -> Result<Option<Amount>, StoreError> {
    let Some(limit) = limit(kept, now) else {
        return Ok(None);
    };
    let of = Disused::EventPayloads;
    let mut amount = Amount {
        of,
        count: 0,
        bytes: 0,
    };
    let mut after = None;
    while !keeper.stopping.is_cancelled() {
        let ended = ended(&mut keeper.reader().await?, limit, after).await?;
        let Some(last) = ended.last() else { break };
        after = Some(*last);
        let sessions = ended.clone();
        let work = keeper.writer.write(fail_points::EDIT, move |tx| {
            Box::pin(erase_sessions(tx, sessions, now))
        });
        let Counted { count, bytes } = work.await?;
        amount.count += count;
        amount.bytes += bytes + files::remove_folders(keeper.folder, ended).await?;
    }
    Ok(Some(amount))
}

/// Sessions that ended before a time and have payloads still, the oldest first.
async fn ended(
    reader: &mut impl Sql,
    before: UnixMillis,
    after: Option<SessionId>,
) -> Result<Vec<SessionId>, StoreError> {
    let found: Vec<Ended> = reader
        .all(
            sql("SELECT s.id FROM session s
                 WHERE s.ended_at < ?1 AND s.id > ?2 AND EXISTS (SELECT 1 FROM event e
                    WHERE e.stream_id = s.id
                        AND (e.payload IS NOT NULL OR e.blob_ref IS NOT NULL))
                 ORDER BY s.id LIMIT ?3")
            .bind(before.0)
            .bind(after.unwrap_or(SessionId(uuid::Uuid::nil())))
            .bind(SESSIONS),
        )
        .await?;
    Ok(found.into_iter().map(|Ended(id)| id).collect())
}

async fn erase_sessions(
    tx: &mut Tx,
    sessions: Vec<SessionId>,
    now: UnixMillis,
) -> Result<Counted, StoreError> {
    let found: Option<Counted> = tx
        .one(
            sql(
                "SELECT count(*) AS n, coalesce(sum(octet_length(payload)), 0) AS bytes
                 FROM event WHERE stream_id IN (SELECT value FROM json_each(?1))
                    AND (payload IS NOT NULL OR blob_ref IS NOT NULL)",
            )
            .bind(sessions.clone()),
        )
        .await?;
    for text in [
        "UPDATE event SET payload = NULL, blob_ref = NULL
         WHERE stream_id IN (SELECT value FROM json_each(?1))
            AND (payload IS NOT NULL OR blob_ref IS NOT NULL)",
        "DELETE FROM inbox WHERE stream_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM snapshot WHERE stream_id IN (SELECT value FROM json_each(?1))",
    ] {
        tx.execute(sql(text).bind(sessions.clone())).await?;
    }
    let counted = found.unwrap_or_default();
    audit::append(tx, entry(sessions.len(), counted.count, now));
    tx.publish(Outgoing::Erased(sessions));
    Ok(counted)
}

fn entry(sessions: usize, events: u64, at: UnixMillis) -> NewAudit {
    NewAudit {
        workspace_id: None,
        user_id: None,
        session_id: None,
        extension: None,
        action: "retention.erase".into(),
        resource: format!("payloads of {events} events of {sessions} ended sessions"),
        decision: AuditDecision::Done,
        grant_id: None,
        payload_hash: None,
        at,
    }
}
