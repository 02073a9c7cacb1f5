//! Claiming streams that wait for an owner: woken ones, handed-back ones, and at start those whose
//! owner died (NB-21). And the other end: handing everything back when Weald stops (NB-09).

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tracing::{error, info, warn};
use weald_domain::{
    event::Envelope,
    id::SessionId,
    ports::{Append, CallContext, Claimed, Lease, StoreError, Waiting, Write},
    turn_state::TurnState,
};

use crate::{
    Engine,
    registry::Control,
    turn::{Seed, Stopped, Turn},
};

impl Engine {
    /// Takes over what an earlier process left: every stream that is runnable, or whose owner is
    /// gone. It goes on behind the server's back, so that a start is ready at once however much
    /// there is to settle. Then it keeps leases alive and looks for forgotten streams until the
    /// engine stops.
    ///
    /// # Errors
    /// Storage failed; nothing was taken over.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let waiting = self.ports().journal.waiting().await?;
        if !waiting.is_empty() {
            info!(
                sessions = waiting.len(),
                "taking over sessions of an earlier process"
            );
        }
        let engine = self.clone();
        self.inner.tasks.spawn(async move {
            for session in waiting {
                engine.take_over(session).await;
            }
            engine.tick().await;
        });
        Ok(())
    }

    /// Hands every running session back: calls are cut, text is checkpointed, streams become
    /// `runnable`, and the next start resumes them. Parked ones stay parked.
    pub async fn shutdown(&self) {
        self.inner.registry.begin_shutdown();
        self.inner.tasks.close();
        let stopped = self.inner.tasks.wait();
        if tokio::time::timeout(self.inner.config.stop_timeout, stopped)
            .await
            .is_err()
        {
            warn!(
                sessions = self.running(),
                "sessions did not stop in time; the next start settles them"
            );
        }
    }

    /// Claims and drives a session that became runnable; harmless when somebody else did.
    pub(crate) async fn wake(&self, session_id: SessionId) {
        if self.inner.registry.hint(session_id) {
            return;
        }
        self.take_over(Waiting {
            session_id,
            orphaned: false,
        })
        .await;
    }

    async fn take_over(&self, waiting: Waiting) {
        let id = waiting.session_id;
        let Some(control) = self.inner.registry.register(id) else {
            self.inner.registry.hint(id);
            return;
        };
        match self.claim(waiting, control).await {
            Ok(Some(turn)) => self.spawn_turn(turn),
            // It became runnable after this claim had looked, and only the hint came here.
            Ok(None) if self.inner.registry.unregister(id, 0) => self.wake_later(id),
            Ok(None) => {}
            Err(error) => {
                self.inner.registry.unregister(id, 0);
                let error = &error as &dyn std::error::Error;
                error!(session.id = %id, error, "cannot take over session {id}");
            }
        }
    }

    async fn claim(&self, waiting: Waiting, control: Control) -> Result<Option<Turn>, StoreError> {
        let ports = self.ports();
        let Some(claimed) = ports.journal.claim(waiting.session_id).await? else {
            return Ok(None);
        };
        let lease = claimed.lease;
        match self.seat(claimed, control, waiting.orphaned).await {
            Ok(turn) => Ok(Some(turn)),
            Err(error) => {
                self.give_back(lease).await;
                Err(error)
            }
        }
    }

    /// Leaves a claimed session to the next tick: what it needs cannot be read now.
    async fn give_back(&self, lease: Lease) {
        let append = Append {
            lease,
            events: Vec::new(),
            writes: vec![Write::HandBack],
            at: self.now(),
        };
        if let Err(error) = self.ports().journal.append(append).await {
            let (id, error) = (lease.session_id, &error as &dyn std::error::Error);
            error!(session.id = %id, error, "session {id} waits for the next start");
        }
    }

    /// The turn of a claimed session, with all that it needs.
    async fn seat(
        &self,
        claimed: Claimed,
        control: Control,
        orphaned: bool,
    ) -> Result<Turn, StoreError> {
        let ports = self.ports();
        let Claimed {
            lease,
            session,
            origin,
            events,
            open_steps,
        } = claimed;
        let state = TurnState::fold(events.iter().map(Envelope::session_event));
        let leaf = state.last_message.unwrap_or(session.input_message_id);
        let branch = ports.conversations.context(leaf).await?;
        let mut projects = Vec::new();
        if let Some(access) = self.access_of(&session).await? {
            for id in &session.project_ids {
                if let Some(project) = ports
                    .projects
                    .get(&access, session.workspace_id, id)
                    .await?
                {
                    projects.push((id.clone(), project.root_directory));
                }
            }
        }
        let context = CallContext {
            workspace_id: session.workspace_id,
            owner_id: session.owner_id,
            conversation_id: session.conversation_id,
            session_id: session.id,
            projects,
        };
        let provider = ports
            .providers
            .get(&session.agent.model.name.provider)
            .await?;
        let seed = Seed {
            session,
            origin,
            lease,
            control,
            context,
            provider,
            state,
            branch: Some(branch),
        };
        Ok(Turn::claimed(self.clone(), seed, open_steps, orphaned))
    }

    /// The access of a session's owner to its own workspace, for reads on its behalf.
    async fn access_of(
        &self,
        session: &weald_domain::session::Session,
    ) -> Result<Option<weald_domain::access::Access>, StoreError> {
        self.ports().identity.access(session.owner_id).await
    }

    pub(crate) fn spawn_turn(&self, turn: Turn) {
        let engine = self.clone();
        let id = turn.session_id();
        self.inner.tasks.spawn(async move {
            let Ok((stopped, seen)) = AssertUnwindSafe(turn.drive()).catch_unwind().await else {
                error!(session.id = %id, "the turn of session {id} panicked; the next start settles it");
                engine.inner.registry.unregister(id, 0);
                return;
            };
            let missed = engine.inner.registry.unregister(id, seen);
            match stopped {
                // An answer came while it parked: before its last look, or after.
                Stopped::Parked { runnable } if runnable || missed => engine.wake_later(id),
                Stopped::Parked { .. } | Stopped::Ended | Stopped::HandedBack | Stopped::Lost => {}
            }
        });
    }

    /// Wakes from a task of its own, so that a turn that parks again and again never nests.
    fn wake_later(&self, id: SessionId) {
        let engine = self.clone();
        self.inner.tasks.spawn(async move { engine.wake(id).await });
    }

    async fn tick(&self) {
        let mut ticks = tokio::time::interval(self.inner.config.tick);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.reset();
        loop {
            tokio::select! {
                () = self.inner.registry.until_draining() => return,
                _ = ticks.tick() => {}
            }
            if let Err(error) = self.tick_once().await {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot renew leases now"
                );
            }
        }
    }

    async fn tick_once(&self) -> Result<(), StoreError> {
        let ports = self.ports();
        if self.running() > 0 {
            for lost in ports.journal.renew().await? {
                warn!(session.id = %lost, "session {lost} is somebody else's now");
                self.inner.registry.lost(lost);
            }
        }
        for waiting in ports.journal.waiting().await? {
            self.take_over(waiting).await;
        }
        ports.live.sweep(self.now()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EngineConfig,
        fake::{Fake, origin, reply, session},
    };

    #[tokio::test]
    async fn a_wake_that_meets_a_claim_is_not_lost() {
        let fake = Fake::new();
        let engine = fake.engine(EngineConfig::default());
        let second = async {
            engine.wake(session().id).await;
            fake.claims.add_permits(2);
        };
        tokio::join!(engine.wake(session().id), second);
        engine.inner.tasks.close();
        engine.inner.tasks.wait().await;
        assert_eq!(fake.claims.available_permits(), 0);
    }

    #[tokio::test]
    async fn a_claim_whose_history_cannot_be_read_is_handed_back() {
        let fake = Fake::new();
        let session = session();
        let id = session.id;
        *fake.claimed.lock().unwrap() = Some(Claimed {
            lease: Lease {
                session_id: id,
                epoch: 2,
                head_seq: 0,
            },
            origin: origin(&session),
            session,
            events: Vec::new(),
            open_steps: Vec::new(),
        });
        fake.claims.add_permits(1);
        let engine = fake.engine(EngineConfig::default());
        engine.wake(id).await;
        assert_eq!(engine.running(), 0);
        assert_eq!(fake.held().writes, [Write::HandBack]);
    }

    #[tokio::test]
    async fn a_turn_that_panics_leaves_its_place() {
        let fake = Fake::new();
        let engine = fake.engine(EngineConfig::default());
        let control = engine.inner.registry.register(session().id).unwrap();
        let (seed, reply) = (fake.seed(control, Vec::new(), reply()), reply());
        // The stand-in has no answer, and panics when it is called.
        engine.spawn_turn(Turn::begun(engine.clone(), seed, None, reply));
        let idle = engine.until_idle();
        let waited = tokio::time::timeout(std::time::Duration::from_secs(5), idle).await;
        assert!(waited.is_ok(), "it still counts as running");
    }
}
