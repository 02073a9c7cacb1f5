//! The newest durable events of the deployment, in feed order, for readers of the feed.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::value::RawValue;
use tokio::sync::Notify;
use weald_domain::{event::Envelope, id::SessionId, ports::Frame};

use super::channel::Taken;

/// Most events of the ring.
const EVENTS_MAX: usize = 8_192;
/// Most bytes of the ring; what is older comes from SQL.
const BYTES_MAX: usize = 2 * 1024 * 1024;
const FRAME_COST: usize = 320;
const BATCH: usize = 64;

struct State {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// Newest published place.
    head: u64,
    /// Everything after this place is in the ring.
    complete_after: u64,
    closed: bool,
}

/// The ring.
pub(crate) struct FeedRing {
    state: Mutex<State>,
    wake: Notify,
}

impl FeedRing {
    pub(crate) fn new(head: u64) -> Self {
        Self {
            state: Mutex::new(State {
                frames: VecDeque::new(),
                bytes: 0,
                head,
                complete_after: head,
                closed: false,
            }),
            wake: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wake(&self) -> &Notify {
        &self.wake
    }

    pub(crate) fn head(&self) -> u64 {
        self.state().head
    }

    pub(crate) fn publish(&self, frame: Frame) {
        let Some(pos) = frame.envelope().pos else {
            return;
        };
        let mut state = self.state();
        if pos != state.head + 1 {
            // What stands between was not published here: it comes from SQL.
            state.frames.clear();
            state.bytes = 0;
            state.complete_after = pos.saturating_sub(1);
        }
        state.head = pos;
        state.bytes += cost(&frame);
        state.frames.push_back(frame);
        while state.frames.len() > EVENTS_MAX || state.bytes > BYTES_MAX {
            let Some(old) = state.frames.pop_front() else {
                break;
            };
            state.bytes -= cost(&old);
            state.complete_after = place(&old);
        }
        drop(state);
        self.wake.notify_waiters();
    }

    /// Takes the payloads out of the events of deleted sessions; their skeletons stay.
    pub(crate) fn erase(&self, sessions: &HashSet<SessionId>) {
        let mut state = self.state();
        for frame in &mut state.frames {
            let envelope = frame.envelope();
            if envelope.session_id.is_some_and(|id| sessions.contains(&id)) {
                *frame = Frame::new(Envelope {
                    payload: RawValue::NULL.to_owned(),
                    ..envelope.clone()
                });
            }
        }
        state.bytes = state.frames.iter().map(cost).sum();
    }

    /// The next events after a place.
    pub(crate) fn take(&self, after: u64) -> Taken {
        let state = self.state();
        if state.closed {
            return Taken::Over;
        }
        if after < state.complete_after {
            return Taken::Behind;
        }
        let start = state.frames.partition_point(|frame| place(frame) <= after);
        if start < state.frames.len() {
            Taken::Frames(state.frames.range(start..).take(BATCH).cloned().collect())
        } else {
            Taken::Nothing
        }
    }

    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.wake.notify_waiters();
    }
}

fn place(frame: &Frame) -> u64 {
    frame.envelope().pos.unwrap_or(0)
}

fn cost(frame: &Frame) -> usize {
    FRAME_COST + 2 * frame.envelope().payload.get().len()
}
