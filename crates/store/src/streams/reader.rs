//! One reader of one session's stream: catches up, then follows the ring, and starts over with
//! catching up whenever it has fallen out of the ring.

use std::{collections::VecDeque, pin::pin, sync::Arc};

use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;
use weald_domain::{
    cursor::Cursor,
    event::StreamOrigin,
    ports::{Frame, StoreError},
};

use crate::{
    bus::channel::{Channel, Membership, Taken},
    store::Store,
};

/// A reader, standing after a cursor.
pub(super) struct SessionReader {
    store: Store,
    membership: Membership,
    cursor: Cursor,
    buffer: VecDeque<Frame>,
    over: bool,
}

/// What a reader has without waiting.
pub(super) enum Ready {
    /// At least one frame is in the buffer.
    Frame,
    /// Nothing yet.
    Nothing,
    /// There will be nothing more.
    Over,
}

impl SessionReader {
    /// Joins a session's channel; `listener` is woken whenever it has something new.
    pub(super) fn join(
        store: Store,
        origin: &StreamOrigin,
        after: Cursor,
        listener: Option<&Arc<Notify>>,
    ) -> Option<Self> {
        let channel = store.0.bus.registry.open(origin)?;
        Some(Self {
            membership: channel.join(after, listener),
            store,
            cursor: after,
            buffer: VecDeque::new(),
            over: false,
        })
    }

    /// The next frame; `None` after the terminal event, or when the process stops.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.pop() {
                return Some(frame);
            }
            let channel = Arc::clone(self.membership.channel());
            let mut woken = pin!(channel.wake().notified());
            woken.as_mut().enable();
            match self.fill().await {
                Ready::Frame => {}
                Ready::Nothing => woken.await,
                Ready::Over => return None,
            }
        }
    }

    /// The frame that comes next, if it is there.
    pub(super) fn peek(&self) -> Option<&Frame> {
        self.buffer.front()
    }

    /// Takes the frame that comes next.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        let frame = self.buffer.pop_front()?;
        self.over |= frame.envelope().is_terminal();
        Some(frame)
    }

    /// Fills the buffer if there is something new.
    pub(super) async fn fill(&mut self) -> Ready {
        if !self.buffer.is_empty() {
            return Ready::Frame;
        }
        if self.over {
            return Ready::Over;
        }
        loop {
            match self.membership.take(self.cursor) {
                Taken::Frames(frames) => {
                    self.take(frames);
                    return Ready::Frame;
                }
                Taken::Nothing => return Ready::Nothing,
                Taken::Over => return Ready::Over,
                Taken::Behind => match self.catch_up().await {
                    Ok(true) => return Ready::Frame,
                    Ok(false) => {}
                    Err(()) => return Ready::Over,
                },
            }
        }
    }

    fn take(&mut self, frames: Vec<Frame>) {
        if let Some(last) = frames.last() {
            self.cursor = last.envelope().event_id;
        }
        self.buffer.extend(frames);
    }

    /// Reads what the ring does not hold; whether there was something.
    async fn catch_up(&mut self) -> Result<bool, ()> {
        let channel = Arc::clone(self.membership.channel());
        let evicted = channel.evicted();
        match self.read_history(&channel, evicted).await {
            Ok(frames) => {
                let some = !frames.is_empty();
                self.take(frames);
                // Whatever was evicted by then is read, or is nowhere any more.
                self.cursor = self.cursor.max(evicted);
                channel.caught_up(self.cursor);
                Ok(some)
            }
            Err(e) => {
                warn!(error = %e, session.id = ?channel.origin().session_id,
                    "a reader's stream ends: its history cannot be read");
                Err(())
            }
        }
    }

    /// In a task of its own: a reader whose client does not read is not polled, and what its
    /// reading holds, a turn and a connection, must not be held for as long.
    async fn read_history(
        &self,
        channel: &Arc<Channel>,
        evicted: Cursor,
    ) -> Result<Vec<Frame>, StoreError> {
        let (store, channel, after) = (self.store.clone(), Arc::clone(channel), self.cursor);
        let reading = self
            .store
            .0
            .tasks
            .spawn(async move { store.catch_up(&channel, after, evicted).await });
        AbortOnDropHandle::new(reading)
            .await
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?
    }
}
