//! What carries events to readers inside this process, and the live-log files behind it.
//!
//! The bus holds nothing that is not in SQL or in a live log: losing it costs smoothness, never
//! an acknowledged event or a character that a reader has seen.

pub(crate) mod channel;
pub(crate) mod feed_ring;
pub(crate) mod log_file;
pub(crate) mod log_writer;
pub(crate) mod registry;

use std::sync::Arc;

use weald_domain::{cursor::Cursor, event::StreamOrigin, id::SessionId, ports::Frame};

use feed_ring::FeedRing;
use registry::Registry;

/// What a committed transaction tells the bus, in commit order.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A session began here: this process owns it, and knows everything of it.
    Began(StreamOrigin),
    /// This process took a stream over whose newest frame is `head`.
    Claimed {
        /// Its origin.
        origin: StreamOrigin,
        /// Its newest frame, in SQL or in the live log.
        head: Cursor,
    },
    /// A durable event.
    Durable(Frame),
    /// This process gave a stream up: it parked, was handed back, ended or was erased.
    Released(SessionId),
    /// Sessions were deleted: nothing of what they said stays in memory.
    Erased(Vec<SessionId>),
}

/// The bus; clones share it.
#[derive(Clone)]
pub(crate) struct Bus {
    pub(crate) registry: Arc<Registry>,
    pub(crate) feed: Arc<FeedRing>,
}

impl Bus {
    /// An empty bus of a deployment whose newest event stands at `head_pos`.
    pub(crate) fn new(head_pos: u64) -> Self {
        Self {
            registry: Registry::new(),
            feed: Arc::new(FeedRing::new(head_pos)),
        }
    }

    /// Hands on what a transaction committed.
    pub(crate) fn publish(&self, outgoing: impl Iterator<Item = Outgoing>) {
        for one in outgoing {
            match one {
                Outgoing::Began(origin) => self.registry.begin(origin),
                Outgoing::Claimed { origin, head } => self.registry.claim(origin, head),
                Outgoing::Durable(frame) => {
                    if let Some(session) = frame.envelope().session_id
                        && let Some(channel) = self.registry.get(session)
                    {
                        channel.publish(frame.clone());
                    }
                    self.feed.publish(frame);
                }
                Outgoing::Released(session) => self.registry.release(session),
                Outgoing::Erased(sessions) => {
                    self.registry.erase(&sessions);
                    self.feed.erase(&sessions.into_iter().collect());
                }
            }
        }
    }

    /// Ends every follower's stream.
    pub(crate) fn close(&self) {
        self.feed.close();
        self.registry.close();
    }
}
