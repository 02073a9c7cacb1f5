//! The live side: token deltas on their way to readers, and the streams that readers follow.
//!
//! Deltas never touch SQL. A delta is written to the session's live log before any reader sees it.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use super::StoreError;
use crate::{
    access::Access,
    cursor::{Cursor, FeedCursor},
    event::{Envelope, SessionEvent, StreamOrigin, TopicFilter},
    id::{ConversationId, SessionId},
    session::StreamHead,
    time::UnixMillis,
};

/// An envelope on its way to readers; its encoding is made once and shared.
#[derive(Clone)]
pub struct Frame(Arc<Inner>);

struct Inner {
    envelope: Envelope,
    encoded: OnceLock<Bytes>,
}

impl Frame {
    /// Wraps an envelope.
    #[must_use]
    pub fn new(envelope: Envelope) -> Self {
        Self(Arc::new(Inner {
            envelope,
            encoded: OnceLock::new(),
        }))
    }

    /// The envelope.
    #[must_use]
    pub fn envelope(&self) -> &Envelope {
        &self.0.envelope
    }

    /// Its native encoding, made by `encode` the first time and shared afterwards.
    pub fn encoded(&self, encode: impl FnOnce(&Envelope) -> Bytes) -> Bytes {
        self.0
            .encoded
            .get_or_init(|| encode(&self.0.envelope))
            .clone()
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.envelope.fmt(f)
    }
}

/// What a live log still holds after a cursor.
#[derive(Debug, Clone)]
pub struct LiveTail {
    /// The frames, oldest first.
    pub frames: Vec<Frame>,
    /// Whether frames between the cursor and the first of them are missing (trimmed).
    pub gap: bool,
}

/// The writing end of a session's live log. One owner at a time.
pub trait LiveWriter: Send {
    /// Writes frames and then publishes them to readers: `seq` is the newest durable event of the
    /// stream, `k` counts on by itself. One write call for the whole batch; never synced. Cheap
    /// enough to be called from async code.
    ///
    /// # Errors
    /// The file system refused. Nothing was published.
    fn write(
        &mut self,
        seq: u64,
        events: &[SessionEvent],
        at: UnixMillis,
    ) -> Result<Cursor, StoreError>;
}

/// The live logs of running sessions.
#[async_trait]
pub trait LiveLog: Send + Sync + 'static {
    /// Opens the log of a session for its owner; a torn tail of an older epoch is cut.
    async fn open(
        &self,
        origin: StreamOrigin,
        epoch: u64,
    ) -> Result<Box<dyn LiveWriter>, StoreError>;
    /// What the log holds after a cursor, read from the file to the first bad checksum.
    async fn read(&self, session: SessionId, after: Cursor) -> Result<LiveTail, StoreError>;
    /// Closes it; the file is removed once its time has passed.
    async fn close(&self, session: SessionId, at: UnixMillis);
    /// Removes the files whose time has passed: logs of ended sessions, 300 s after their end.
    async fn sweep(&self, now: UnixMillis) -> Result<(), StoreError>;
}

/// Why a stream cannot be followed from a cursor.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The cursor is beyond the head of this stream (400 `cursor_ahead`).
    #[error("the cursor is beyond the head of the stream")]
    Ahead,
    /// The cursor is at or after the terminal event (204).
    #[error("the stream has ended")]
    Ended,
    /// The session ended and its time has passed (410): history is read from the session.
    #[error("the stream is gone")]
    Gone,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The streams of sessions, for readers.
#[async_trait]
pub trait SessionStreams: Send + Sync + 'static {
    /// Everything after a cursor, then live, in order, without loss or doubling; ends after the
    /// terminal event, and when the process stops. A reader that falls behind gets a `resync`.
    /// The caller has checked that the reader may see the session.
    async fn follow(
        &self,
        session: SessionId,
        after: Cursor,
    ) -> Result<BoxStream<'static, Frame>, FollowError>;
    /// Where the stream stands; `None` when there is none.
    async fn head(&self, session: SessionId) -> Result<Option<StreamHead>, StoreError>;
    /// The conversation of a live session, for topic checks without SQL.
    fn conversation_of(&self, session: SessionId) -> Option<ConversationId>;
}

/// One frame of the feed with the cursor that stands after it.
#[derive(Debug, Clone)]
pub struct FeedFrame {
    /// The frame.
    pub frame: Frame,
    /// Where a reader stands once it has it.
    pub cursor: FeedCursor,
}

/// All durable events of the deployment in one order, with the deltas asked for (WE-13).
#[async_trait]
pub trait Feed: Send + Sync + 'static {
    /// Everything of the asked topics that the reader may see after a cursor, then live. Never
    /// ends by itself.
    async fn follow(
        &self,
        access: &Access,
        topics: Vec<TopicFilter>,
        after: FeedCursor,
    ) -> Result<BoxStream<'static, FeedFrame>, FollowError>;
    /// The newest place.
    async fn head(&self) -> Result<FeedCursor, StoreError>;
}
