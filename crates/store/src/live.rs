//! The live-log port: opening, reading and sweeping the files.

use std::{
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use serde_json::value::RawValue;
use weald_domain::{
    cursor::Cursor,
    event::StreamOrigin,
    id::SessionId,
    ports::{Frame, LiveLog, LiveTail, LiveWriter, StoreError},
    time::UnixMillis,
};

use crate::{
    blobs::blocking,
    bus::{
        log_file::{TRIMMED, records},
        log_writer::{LogWriter, TRIMMING, envelope},
    },
    data_folder::{DataFolder, remove_file},
    sql::{Read, Row, Sql, column, sql},
    store::Store,
};

/// What is in a log after a cursor.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// The frames, oldest first, each newer than the one before.
    pub(crate) frames: Vec<(Cursor, UnixMillis, String, Box<RawValue>)>,
    /// The newest cursor that was trimmed.
    pub(crate) trimmed: Option<Cursor>,
}

/// Reads a log to its first bad checksum.
pub(crate) fn read_log(path: &PathBuf, after: Cursor) -> io::Result<Tail> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Tail::default()),
        Err(e) => return Err(e),
    };
    let mut tail = Tail::default();
    let mut newest = after;
    for record in records(&bytes) {
        if record.kind == TRIMMED {
            tail.trimmed = tail.trimmed.max(Some(record.cursor));
        } else if record.cursor > newest
            && let Ok(payload) = RawValue::from_string(record.payload.to_owned())
        {
            newest = record.cursor;
            tail.frames
                .push((record.cursor, record.at, record.kind.to_owned(), payload));
        }
    }
    Ok(tail)
}

/// Removes a log with what a crash may have left beside it; harmless when there is none.
pub(crate) fn remove_log(path: &Path) -> io::Result<()> {
    for path in [path.with_extension(TRIMMING), path.to_owned()] {
        remove_file(&path)?;
    }
    Ok(())
}

struct OriginRow(StreamOrigin);

impl Read for OriginRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let session: SessionId = column::id(row, "id")?;
        Ok(Self(StreamOrigin {
            stream_id: session.into(),
            topic: weald_domain::event::Topic::Session(session),
            workspace_id: column::opt_id(row, "workspace_id")?,
            conversation_id: column::opt_id(row, "conversation_id")?,
            session_id: Some(session),
            agent_id: column::opt_text(row, "agent_id")?,
        }))
    }
}

impl Store {
    /// The origin of a session's stream; `None` when there is no such stream.
    pub(crate) async fn origin_of(
        &self,
        session: SessionId,
    ) -> Result<Option<StreamOrigin>, StoreError> {
        if let Some(channel) = self.0.bus.registry.get(session) {
            return Ok(Some(channel.origin().clone()));
        }
        let row: Option<OriginRow> = self
            .reader()
            .await?
            .one(
                sql(
                    "SELECT id, workspace_id, conversation_id, agent_id FROM stream
                     WHERE id = ? AND kind = 'session'",
                )
                .bind(session),
            )
            .await?;
        Ok(row.map(|OriginRow(origin)| origin))
    }
}

struct Over(SessionId);

impl Read for Over {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

#[async_trait]
impl LiveLog for Store {
    async fn open(
        &self,
        origin: StreamOrigin,
        epoch: u64,
    ) -> Result<Box<dyn LiveWriter>, StoreError> {
        let channel = self.0.bus.registry.open(&origin);
        let (Some(session), Some(channel)) = (origin.session_id, channel) else {
            return Err(StoreError::Corrupt {
                what: "the origin of a live log",
                source: "it names no session".into(),
            });
        };
        let path = self.0.folder.live_log(session);
        let writer = blocking(move || LogWriter::open(path, channel, epoch)).await?;
        Ok(Box::new(writer))
    }

    async fn read(&self, session: SessionId, after: Cursor) -> Result<LiveTail, StoreError> {
        let Some(origin) = self.origin_of(session).await? else {
            return Ok(LiveTail {
                frames: Vec::new(),
                gap: false,
            });
        };
        let path = self.0.folder.live_log(session);
        let tail = blocking(move || read_log(&path, after)).await?;
        let frames = tail.frames.into_iter().map(|(cursor, at, kind, payload)| {
            Frame::new(envelope(&origin, cursor, at, kind, payload))
        });
        Ok(LiveTail {
            frames: frames.collect(),
            gap: tail.trimmed.is_some_and(|trimmed| after < trimmed),
        })
    }

    async fn close(&self, _session: SessionId, _at: UnixMillis) {
        // The writer's file is closed with the writer; the sweep removes it by the session's end.
    }

    async fn sweep(&self, now: UnixMillis) -> Result<(), StoreError> {
        let before = now.plus_millis(-self.0.stream_ttl_ms);
        let mut reader = self.reader().await?;
        let over = outlived(&mut reader, &self.0.folder, before).await?;
        drop(reader);
        for session in over {
            let path = self.0.folder.live_log(session);
            blocking(move || remove_log(&path)).await?;
        }
        Ok(())
    }
}

/// The sessions that have a live log, and ended before a time or are gone.
pub(crate) async fn outlived(
    reader: &mut impl Sql,
    folder: &DataFolder,
    before: UnixMillis,
) -> Result<Vec<SessionId>, StoreError> {
    let folder = folder.live();
    let logs: Vec<SessionId> = blocking(move || {
        let names = std::fs::read_dir(folder)?.filter_map(Result::ok);
        Ok(names
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".log")?.parse().ok())
            .collect())
    })
    .await?;
    if logs.is_empty() {
        return Ok(Vec::new());
    }
    let over: Vec<Over> = reader
        .all(
            sql("SELECT value AS id FROM json_each(?1)
                 WHERE NOT EXISTS (SELECT 1 FROM session
                    WHERE session.id = value AND coalesce(ended_at > ?2, 1))")
            .on_postgres(
                "SELECT value AS id FROM unnest(?1) AS value
                 WHERE NOT EXISTS (SELECT 1 FROM session
                    WHERE session.id = value AND coalesce(ended_at > ?2, TRUE))",
            )
            .bind(logs)
            .bind(before.0),
        )
        .await?;
    Ok(over.into_iter().map(|Over(session)| session).collect())
}
