//! Which sessions have a channel: those that this process runs, and those that somebody follows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use weald_domain::{
    cursor::Cursor,
    event::StreamOrigin,
    id::{ConversationId, SessionId},
};

use super::channel::Channel;

#[derive(Debug, Default)]
struct Entry {
    channel: Weak<Channel>,
    /// Held while this process owns the stream.
    owned: Option<Arc<Channel>>,
}

#[derive(Debug, Default)]
struct Entries {
    map: HashMap<SessionId, Entry>,
    closed: bool,
}

/// The channels of a process.
#[derive(Debug)]
pub(crate) struct Registry {
    entries: Mutex<Entries>,
    this: Weak<Registry>,
}

impl Registry {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            entries: Mutex::default(),
            this: this.clone(),
        })
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channel of a session, made when there is none. `None` for a topic stream.
    pub(crate) fn open(&self, origin: &StreamOrigin) -> Option<Arc<Channel>> {
        let session = origin.session_id?;
        let mut entries = self.entries();
        let closed = entries.closed;
        let entry = entries.map.entry(session).or_default();
        if let Some(channel) = entry.channel.upgrade() {
            return Some(channel);
        }
        let channel = Arc::new(Channel::new(origin.clone(), self.this.clone()));
        if closed {
            channel.close();
        }
        entry.channel = Arc::downgrade(&channel);
        Some(channel)
    }

    pub(crate) fn get(&self, session: SessionId) -> Option<Arc<Channel>> {
        self.entries().map.get(&session)?.channel.upgrade()
    }

    /// This process owns a session that begins now.
    pub(crate) fn begin(&self, origin: StreamOrigin) {
        if let Some(channel) = self.open(&origin) {
            channel.is_whole();
            self.own(channel);
        }
    }

    /// This process owns a session that began elsewhere or earlier.
    pub(crate) fn claim(&self, origin: StreamOrigin, head: Cursor) {
        if let Some(channel) = self.open(&origin) {
            channel.knows(head);
            self.own(channel);
        }
    }

    fn own(&self, channel: Arc<Channel>) {
        let Some(session) = channel.origin().session_id else {
            return;
        };
        let old = self
            .entries()
            .map
            .get_mut(&session)
            .and_then(|entry| entry.owned.replace(channel));
        drop(old);
    }

    /// This process does not own a session any more; its readers keep its channel.
    pub(crate) fn release(&self, session: SessionId) {
        let owned = self
            .entries()
            .map
            .get_mut(&session)
            .and_then(|entry| entry.owned.take());
        drop(owned);
    }

    /// Ends the channels of sessions that were deleted.
    pub(crate) fn erase(&self, sessions: &[SessionId]) {
        for session in sessions {
            let entry = self.entries().map.remove(session);
            if let Some(channel) = entry.and_then(|entry| entry.channel.upgrade()) {
                channel.erase();
            }
        }
    }

    /// Removes the entry of a channel that is gone.
    pub(crate) fn forget(&self, session: SessionId) {
        let mut entries = self.entries();
        let gone = entries
            .map
            .get(&session)
            .is_some_and(|entry| entry.channel.strong_count() == 0);
        if gone {
            entries.map.remove(&session);
        }
    }

    /// The sessions that this process owns.
    pub(crate) fn owned(&self) -> Vec<SessionId> {
        let entries = self.entries();
        let owned = entries.map.iter().filter(|(_, e)| e.owned.is_some());
        owned.map(|(session, _)| *session).collect()
    }

    /// All channels, for readers of many sessions.
    pub(crate) fn channels(&self) -> Vec<Arc<Channel>> {
        let entries = self.entries();
        entries
            .map
            .values()
            .filter_map(|entry| entry.channel.upgrade())
            .collect()
    }

    pub(crate) fn conversation_of(&self, session: SessionId) -> Option<ConversationId> {
        self.get(session)?.origin().conversation_id
    }

    pub(crate) fn close(&self) {
        self.entries().closed = true;
        for channel in self.channels() {
            channel.close();
        }
    }
}
