//! The streams of sessions for readers: history from SQL and the live log, then the ring.

mod backlog;
mod catch_up;
mod feed;
mod reader;
mod resync;
#[cfg(test)]
mod trimmed;

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use weald_domain::{
    cursor::Cursor,
    id::{ConversationId, SessionId},
    ports::{FollowError, Frame, SessionStreams, StoreError},
    session::StreamHead,
    time::UnixMillis,
};

use crate::{
    blobs::blocking,
    live::read_log,
    sql::{Read, Row, Sql, column, sql},
    store::Store,
};
use reader::SessionReader;

/// What SQL knows of where a stream stands.
pub(crate) struct Standing {
    pub(crate) head_seq: u64,
    pub(crate) is_terminal: bool,
    ended_at: Option<UnixMillis>,
}

impl Read for Standing {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            head_seq: column::count(row, "head_seq")?,
            is_terminal: column::text(row, "status")? == "terminal",
            ended_at: column::opt_millis(row, "ended_at")?,
        })
    }
}

impl Store {
    pub(crate) async fn standing(
        &self,
        session: SessionId,
    ) -> Result<Option<Standing>, StoreError> {
        self.reader()
            .await?
            .one(
                sql("SELECT st.head_seq, st.status, s.ended_at FROM stream st
                     JOIN session s ON s.id = st.id
                     WHERE st.id = ? AND st.kind = 'session'")
                .bind(session),
            )
            .await
    }

    /// The head of a stream that this process does not run: SQL, and the frames after it.
    async fn stored_head(
        &self,
        session: SessionId,
    ) -> Result<Option<(StreamHead, Option<UnixMillis>)>, StoreError> {
        let Some(standing) = self.standing(session).await? else {
            return Ok(None);
        };
        let durable = Cursor::durable(standing.head_seq);
        if standing.is_terminal {
            let head = StreamHead {
                head: durable,
                terminal: Some(durable),
            };
            return Ok(Some((head, standing.ended_at)));
        }
        let path = self.0.folder.live_log(session);
        let tail = blocking(move || read_log(&path, durable)).await?;
        let last = tail.frames.last().map(|(cursor, ..)| *cursor);
        let head = StreamHead {
            head: last.filter(|c| c.seq == durable.seq).unwrap_or(durable),
            terminal: None,
        };
        Ok(Some((head, None)))
    }
}

#[async_trait]
impl SessionStreams for Store {
    async fn follow(
        &self,
        session: SessionId,
        after: Cursor,
    ) -> Result<BoxStream<'static, Frame>, FollowError> {
        let (head, ended_at) = match self.live_head(session) {
            Some(head) => (head, None),
            None => self.stored_head(session).await?.ok_or(FollowError::Gone)?,
        };
        if after > head.head {
            return Err(FollowError::Ahead);
        }
        if head.terminal.is_some_and(|terminal| after >= terminal) {
            return Err(FollowError::Ended);
        }
        if ended_at.is_some_and(|at| self.now().since(at) > self.0.stream_ttl_ms) {
            return Err(FollowError::Gone);
        }
        let origin = self.origin_of(session).await?.ok_or(FollowError::Gone)?;
        let reader =
            SessionReader::join(self.clone(), &origin, after, None).ok_or(FollowError::Gone)?;
        let frames = futures::stream::unfold(reader, async |mut reader| {
            let frame = reader.next().await?;
            Some((frame, reader))
        });
        Ok(frames.boxed())
    }

    async fn head(&self, session: SessionId) -> Result<Option<StreamHead>, StoreError> {
        if let Some(head) = self.live_head(session) {
            return Ok(Some(head));
        }
        Ok(self.stored_head(session).await?.map(|(head, _)| head))
    }

    fn conversation_of(&self, session: SessionId) -> Option<ConversationId> {
        self.0.bus.registry.conversation_of(session)
    }
}

impl Store {
    /// The head of a stream that this process runs.
    fn live_head(&self, session: SessionId) -> Option<StreamHead> {
        let channel = self.0.bus.registry.get(session)?;
        Some(StreamHead {
            head: channel.head()?,
            terminal: channel.terminal(),
        })
    }
}
