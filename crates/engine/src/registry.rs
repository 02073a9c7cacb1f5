//! The sessions that run in this process, and how to reach the task that drives each (NB-11).
//!
//! Only a shortcut: control from anywhere goes through the inbox, this is its hint.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use weald_domain::id::SessionId;

/// What a turn is told.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    /// Counts hints that the inbox has something new.
    inbox: u64,
    /// Hand the session back and stop.
    hand_back: bool,
    /// Somebody else holds the session: stop without a word.
    lost: bool,
}

/// What a turn should look at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nudge {
    /// The inbox has something new.
    Inbox,
    /// Hand the session back and stop.
    HandBack,
    /// Somebody else holds the session: stop without a word.
    Lost,
}

/// The receiving end, held by the turn.
pub(crate) struct Control {
    told: watch::Receiver<Told>,
    inbox_seen: u64,
}

impl Control {
    /// Waits until there is something to look at. Cancel-safe: a nudge stays until
    /// [`Control::inbox_read`] says it was dealt with.
    pub(crate) async fn nudge(&mut self) -> Nudge {
        let inbox_seen = self.inbox_seen;
        let news = |told: &Told| told.lost || told.hand_back || told.inbox != inbox_seen;
        match self.told.wait_for(news).await {
            Err(_) => Nudge::Lost,
            Ok(told) if told.lost => Nudge::Lost,
            Ok(told) if told.hand_back => Nudge::HandBack,
            Ok(_) => Nudge::Inbox,
        }
    }

    /// How many hints were dealt with.
    pub(crate) fn seen(&self) -> u64 {
        self.inbox_seen
    }

    /// Call before the inbox is read: hints up to now are dealt with by that read.
    pub(crate) fn inbox_read(&mut self) {
        self.inbox_seen = self.told.borrow().inbox;
    }
}

/// The running sessions.
pub(crate) struct Registry {
    running: Mutex<HashMap<SessionId, watch::Sender<Told>>>,
    count: watch::Sender<usize>,
    draining: watch::Sender<bool>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            count: watch::Sender::new(0),
            draining: watch::Sender::new(false),
        }
    }
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, watch::Sender<Told>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a session; `None` when it is registered already.
    pub(crate) fn register(&self, session: SessionId) -> Option<Control> {
        let mut running = self.lock();
        if running.contains_key(&session) {
            return None;
        }
        let first = Told {
            hand_back: *self.draining.borrow(),
            ..Told::default()
        };
        let (sender, told) = watch::channel(first);
        running.insert(session, sender);
        self.count.send_replace(running.len());
        Some(Control {
            told,
            inbox_seen: 0,
        })
    }

    /// A new receiving end for a session whose turn is gone; it stays registered.
    pub(crate) fn reseat(&self, session: SessionId) -> Control {
        let (sender, told) = watch::channel(Told::default());
        let mut running = self.lock();
        running.insert(session, sender);
        self.count.send_replace(running.len());
        Control {
            told,
            inbox_seen: 0,
        }
    }

    /// Takes a session out; whether hints came that its turn, which saw `seen` of them, missed.
    pub(crate) fn unregister(&self, session: SessionId, seen: u64) -> bool {
        let mut running = self.lock();
        let told = running.remove(&session);
        self.count.send_replace(running.len());
        told.is_some_and(|told| told.borrow().inbox != seen)
    }

    /// Hints that a session's inbox has something new; `false` when it does not run here.
    pub(crate) fn hint(&self, session: SessionId) -> bool {
        self.tell(session, |told| told.inbox += 1)
    }

    /// Tells a turn that its session is somebody else's now.
    pub(crate) fn lost(&self, session: SessionId) {
        self.tell(session, |told| told.lost = true);
    }

    fn tell(&self, session: SessionId, change: impl FnOnce(&mut Told)) -> bool {
        let running = self.lock();
        let Some(sender) = running.get(&session) else {
            return false;
        };
        sender.send_modify(change);
        true
    }

    /// Refuses new sessions and asks the running ones to be handed back.
    pub(crate) fn begin_shutdown(&self) {
        let running = self.lock();
        self.draining.send_replace(true);
        for sender in running.values() {
            sender.send_modify(|told| told.hand_back = true);
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    pub(crate) async fn until_draining(&self) {
        let _ = self
            .draining
            .subscribe()
            .wait_for(|draining| *draining)
            .await;
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(crate) async fn until_empty(&self) {
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn a_hint_is_not_lost_when_waiting_is_cut_short() {
        let registry = Registry::default();
        let session = SessionId(Uuid::from_u128(1));
        let mut control = registry.register(session).unwrap();
        assert!(registry.hint(session));
        assert_eq!(control.nudge().await, Nudge::Inbox);
        assert_eq!(
            control.nudge().await,
            Nudge::Inbox,
            "it stays until the inbox is read"
        );
        control.inbox_read();
        registry.begin_shutdown();
        assert_eq!(control.nudge().await, Nudge::HandBack);
    }

    #[tokio::test]
    async fn a_session_runs_once() {
        let registry = Registry::default();
        let session = SessionId(Uuid::from_u128(1));
        let _control = registry.register(session).unwrap();
        assert!(registry.register(session).is_none());
        assert!(!registry.unregister(session, 0));
        registry.until_empty().await;
    }

    #[tokio::test]
    async fn a_hint_that_comes_while_a_turn_leaves_is_told_to_whoever_takes_it_out() {
        let registry = Registry::default();
        let session = SessionId(Uuid::from_u128(1));
        let control = registry.register(session).unwrap();
        registry.hint(session);
        assert!(registry.unregister(session, control.seen()));
    }
}
