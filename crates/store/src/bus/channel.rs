//! The way of one session's frames to its readers: a ring of the newest frames, in order.
//!
//! The ring is a cache in front of SQL and the live log. It forgets what all its readers have
//! read, so that a session without laggards costs a few frames.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Notify;
use weald_domain::{cursor::Cursor, event::StreamOrigin, ports::Frame};

use super::registry::Registry;

/// Most frames of the ring.
const FRAMES_MAX: usize = 4_096;
/// Most bytes of the ring.
const BYTES_MAX: usize = 1024 * 1024;
/// Frames kept for a reconnect although every reader has them.
const KEPT: usize = 16;
/// Frames handed out at once.
const BATCH: usize = 64;
/// What a frame costs beside its payload.
const FRAME_COST: usize = 320;

/// Greater than every cursor there is.
const UNKNOWN: Cursor = Cursor {
    seq: u64::MAX,
    k: u64::MAX,
};

/// What a reader gets.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The next frames.
    Frames(Vec<Frame>),
    /// The ring does not reach back to the reader: it must read SQL and the live log.
    Behind,
    /// There is nothing new.
    Nothing,
    /// There will be nothing more.
    Over,
}

/// The frames in the ring and what is known around them.
#[derive(Debug)]
pub(crate) struct Ring {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// Newest frame; none until this process knows it.
    pub(crate) head: Option<Cursor>,
    terminal: Option<Cursor>,
    /// Everything after this cursor is in the ring.
    complete_after: Cursor,
    /// The newest frame that was in the ring and is not any more.
    evicted: Cursor,
    readers: Vec<(u64, Cursor)>,
    listeners: Vec<(u64, Weak<Notify>)>,
    closed: bool,
}

/// One session's channel.
#[derive(Debug)]
pub(crate) struct Channel {
    origin: StreamOrigin,
    ring: Mutex<Ring>,
    wake: Notify,
    registry: Weak<Registry>,
}

static NEXT_READER: AtomicU64 = AtomicU64::new(1);

impl Channel {
    pub(crate) fn new(origin: StreamOrigin, registry: Weak<Registry>) -> Self {
        Self {
            origin,
            ring: Mutex::new(Ring {
                frames: VecDeque::new(),
                bytes: 0,
                head: None,
                terminal: None,
                complete_after: UNKNOWN,
                evicted: Cursor::START,
                readers: Vec::new(),
                listeners: Vec::new(),
                closed: false,
            }),
            wake: Notify::new(),
            registry,
        }
    }

    pub(crate) fn origin(&self) -> &StreamOrigin {
        &self.origin
    }

    /// Woken by every publication.
    pub(crate) fn wake(&self) -> &Notify {
        &self.wake
    }

    /// The ring, for the one who writes a live log and publishes in one step.
    pub(crate) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn head(&self) -> Option<Cursor> {
        self.ring().head
    }

    pub(crate) fn terminal(&self) -> Option<Cursor> {
        self.ring().terminal
    }

    /// The newest frame that was in the ring and is not any more.
    pub(crate) fn evicted(&self) -> Cursor {
        self.ring().evicted
    }

    /// A session that begins here: nothing was before.
    pub(crate) fn is_whole(&self) {
        let mut ring = self.ring();
        ring.head = Some(ring.head.unwrap_or(Cursor::START));
        if ring.evicted == Cursor::START {
            ring.complete_after = Cursor::START;
        }
    }

    /// The newest frame is at least this one.
    pub(crate) fn knows(&self, head: Cursor) {
        let mut ring = self.ring();
        ring.head = Some(ring.head.map_or(head, |known| known.max(head)));
    }

    /// Storage has come this far, whether or not that was published here: a commit whose answer was
    /// lost is not. What the ring lacks of it is read there.
    pub(crate) fn reached(&self, seq: u64, is_terminal: bool) {
        let mut ring = self.ring();
        let reached = Cursor::durable(seq);
        if ring.head.is_some_and(|head| head.seq >= seq) {
            return;
        }
        ring.head = Some(reached);
        ring.terminal = is_terminal.then_some(reached);
        ring.skip_to(reached, reached);
        drop(ring);
        self.notify();
    }

    /// A reader read everything up to `cursor` elsewhere, after it had joined.
    pub(crate) fn caught_up(&self, cursor: Cursor) {
        let mut ring = self.ring();
        if cursor >= ring.evicted {
            ring.complete_after = ring.complete_after.min(cursor);
        }
    }

    /// Publishes a durable event.
    pub(crate) fn publish(&self, frame: Frame) {
        self.ring().push(frame);
        self.notify();
    }

    /// Wakes every reader.
    pub(crate) fn notify(&self) {
        self.wake.notify_waiters();
        let listeners: Vec<_> = {
            let ring = self.ring();
            if ring.listeners.is_empty() {
                return;
            }
            ring.listeners.iter().map(|(_, one)| one.clone()).collect()
        };
        for listener in listeners.iter().filter_map(Weak::upgrade) {
            listener.notify_one();
        }
    }

    pub(crate) fn close(&self) {
        self.ring().closed = true;
        self.notify();
    }

    /// Ends the channel of a deleted session and forgets its frames.
    pub(crate) fn erase(&self) {
        let mut ring = self.ring();
        ring.frames.clear();
        ring.bytes = 0;
        ring.complete_after = UNKNOWN;
        drop(ring);
        self.close();
    }

    /// Joins as a reader that stands at `cursor`; `listener` is woken besides.
    pub(crate) fn join(
        self: &Arc<Self>,
        cursor: Cursor,
        listener: Option<&Arc<Notify>>,
    ) -> Membership {
        let id = NEXT_READER.fetch_add(1, Ordering::Relaxed);
        let mut ring = self.ring();
        ring.readers.push((id, cursor));
        if let Some(listener) = listener {
            ring.listeners.push((id, Arc::downgrade(listener)));
        }
        drop(ring);
        Membership {
            channel: Arc::clone(self),
            id,
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        if let (Some(registry), Some(session)) = (self.registry.upgrade(), self.origin.session_id) {
            registry.forget(session);
        }
    }
}

impl Ring {
    /// Adds a frame; one that is not newer than the head is there already.
    pub(crate) fn push(&mut self, frame: Frame) {
        let cursor = frame.envelope().event_id;
        if self
            .frames
            .back()
            .is_some_and(|f| f.envelope().event_id >= cursor)
        {
            return;
        }
        if self.known_until() != Some(cursor.seq.saturating_sub(u64::from(cursor.k == 0))) {
            let (evicted, complete_after) = before(cursor);
            self.skip_to(evicted, complete_after);
        }
        if frame.envelope().is_terminal() {
            self.terminal = Some(cursor);
        }
        self.head = Some(self.head.map_or(cursor, |head| head.max(cursor)));
        self.bytes += cost(&frame);
        self.frames.push_back(frame);
        self.evict();
    }

    /// The newest durable event that a frame may follow without a gap; none when nobody knows.
    fn known_until(&self) -> Option<u64> {
        match self.frames.back() {
            Some(frame) => Some(frame.envelope().event_id.seq),
            None => (self.complete_after != UNKNOWN).then_some(self.complete_after.seq),
        }
    }

    /// Forgets all frames: some before what comes next were not published here, and readers take
    /// them from storage.
    fn skip_to(&mut self, evicted: Cursor, complete_after: Cursor) {
        self.frames.clear();
        self.bytes = 0;
        self.evicted = self.evicted.max(evicted);
        self.complete_after = complete_after;
    }

    fn evict(&mut self) {
        while self.frames.len() > FRAMES_MAX || self.bytes > BYTES_MAX {
            self.evict_one();
        }
        let crowded = self.readers.len() > 8 && !self.frames.len().is_multiple_of(KEPT);
        if self.frames.len() <= KEPT || crowded {
            return;
        }
        let slowest = self.readers.iter().map(|(_, at)| *at).min();
        let read = |frame: &Frame| slowest.is_none_or(|at| frame.envelope().event_id <= at);
        while self.frames.len() > KEPT && self.frames.front().is_some_and(read) {
            self.evict_one();
        }
    }

    fn evict_one(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            self.bytes -= cost(&frame);
            self.evicted = frame.envelope().event_id;
            self.complete_after = self.complete_after.max(self.evicted);
        }
    }

    fn take(&self, after: Cursor) -> Taken {
        if after < self.complete_after {
            return if self.closed {
                Taken::Over
            } else {
                Taken::Behind
            };
        }
        let start = self
            .frames
            .partition_point(|f| f.envelope().event_id <= after);
        if start < self.frames.len() {
            return Taken::Frames(self.frames.range(start..).take(BATCH).cloned().collect());
        }
        if self.closed || self.terminal.is_some_and(|end| after >= end) {
            Taken::Over
        } else {
            Taken::Nothing
        }
    }
}

/// The newest frame that must have been before a cursor, and the newest that may have been: nobody
/// here knows how many deltas stand before a durable event.
fn before(cursor: Cursor) -> (Cursor, Cursor) {
    match cursor.k.checked_sub(1) {
        Some(k) => (Cursor { k, ..cursor }, Cursor { k, ..cursor }),
        None => {
            let seq = cursor.seq.saturating_sub(1);
            (Cursor::durable(seq), Cursor { seq, k: u64::MAX })
        }
    }
}

fn cost(frame: &Frame) -> usize {
    FRAME_COST + 2 * frame.envelope().payload.get().len()
}

/// A reader's place in a channel, left when dropped.
#[derive(Debug)]
pub(crate) struct Membership {
    channel: Arc<Channel>,
    id: u64,
}

impl Membership {
    pub(crate) fn channel(&self) -> &Arc<Channel> {
        &self.channel
    }

    /// The next frames after a cursor, which is also how far this reader has come.
    pub(crate) fn take(&self, after: Cursor) -> Taken {
        let mut ring = self.channel.ring();
        if let Some(reader) = ring.readers.iter_mut().find(|(id, _)| *id == self.id) {
            reader.1 = after;
        }
        ring.take(after)
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut ring = self.channel.ring();
        ring.readers.retain(|(id, _)| *id != self.id);
        ring.listeners.retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use uuid::Uuid;
    use weald_domain::{
        event::{Envelope, Topic},
        time::UnixMillis,
    };

    use super::*;

    fn origin() -> StreamOrigin {
        let id = Uuid::from_u128(1);
        StreamOrigin {
            stream_id: id.into(),
            topic: Topic::Session(id.into()),
            workspace_id: None,
            conversation_id: None,
            session_id: Some(id.into()),
            agent_id: None,
        }
    }

    fn frame(seq: u64, k: u64) -> Frame {
        let origin = origin();
        Frame::new(Envelope {
            event_id: Cursor { seq, k },
            seq,
            pos: None,
            topic: origin.topic,
            event_type: "any".into(),
            version: 1,
            timestamp: UnixMillis(0),
            workspace_id: None,
            conversation_id: None,
            session_id: origin.session_id,
            agent_id: None,
            payload: RawValue::NULL.to_owned(),
        })
    }

    #[test]
    fn a_reader_before_a_gap_reads_storage() {
        for (seq, k) in [(3, 0), (2, 1)] {
            let channel = Arc::new(Channel::new(origin(), Weak::new()));
            channel.is_whole();
            channel.publish(frame(1, 0));
            let reader = channel.join(Cursor::START, None);
            let first = reader.take(Cursor::START);
            assert!(matches!(first, Taken::Frames(_)), "{first:?}");
            channel.publish(frame(seq, k));
            let gap = reader.take(Cursor::durable(1));
            assert!(matches!(gap, Taken::Behind), "{seq}.{k}: {gap:?}");
            let after = reader.take(Cursor::durable(seq));
            assert!(!matches!(after, Taken::Behind), "{seq}.{k}: {after:?}");
        }
    }
}
