//! Claiming streams that wait for an owner: woken ones, handed-back ones, and at start those whose
//! owner died (NB-21). And the other end: handing everything back when Weald stops (NB-09).

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tracing::{error, info, warn};
use weald_domain::{
    event::Envelope,
    id::SessionId,
    ports::{Append, CallContext, Claimed, Lease, StoreError, Waiting, Write},
    tool::EffectClass,
    turn_state::TurnState,
};

use crate::{
    Engine,
    broken::damaged,
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
                self.let_go(id).await;
                self.inner.registry.unregister(id, 0);
                let error = &error as &dyn std::error::Error;
                error!(session.id = %id, error, "cannot take over session {id}");
            }
        }
    }

    /// Lets go of a session that nobody drives, should storage say that this process has it: a
    /// commit whose answer was lost may have come about. It is an orphan then. Should this fail as
    /// well, the next tick finds the session. Call while the session is registered, so that
    /// nobody can begin to drive it meanwhile.
    pub(crate) async fn let_go(&self, id: SessionId) {
        if let Err(error) = self.ports().journal.abandon(id).await {
            let error = &error as &dyn std::error::Error;
            warn!(session.id = %id, error, "cannot let go of session {id} yet");
        }
    }

    async fn claim(&self, waiting: Waiting, control: Control) -> Result<Option<Turn>, StoreError> {
        let id = waiting.session_id;
        if waiting.orphaned {
            // It may be ours, by a commit whose answer was lost.
            self.ports().journal.abandon(id).await?;
        }
        let claimed = match self.ports().journal.claim(id).await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => return Ok(None),
            Err(error) => {
                if is_damage(&error) {
                    self.end_unread(id, damaged(&error)).await;
                }
                return Err(error);
            }
        };
        let lease = claimed.lease;
        match self.seat(claimed, control).await {
            Ok((seed, open_steps)) => Ok(Some(Turn::claimed(
                self.clone(),
                seed,
                open_steps,
                waiting.orphaned,
            ))),
            Err(error) if is_damage(&error) => {
                self.end_unread(id, damaged(&error)).await;
                Err(error)
            }
            Err(error) if waiting.orphaned => Err(error),
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
            warn!(session.id = %id, error, "cannot hand session {id} back");
        }
    }

    /// All that the turn of a claimed session needs, and the steps it was left with.
    pub(crate) async fn seat(
        &self,
        claimed: Claimed,
        control: Control,
    ) -> Result<(Seed, Vec<(String, EffectClass)>), StoreError> {
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
        Ok((seed, open_steps))
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
                engine.settle_broken(id).await;
                engine.let_go(id).await;
                engine.inner.registry.unregister(id, 0);
                return;
            };
            if stopped == Stopped::Lost {
                engine.let_go(id).await;
            }
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
        // Also when nothing runs: it is how a process sees that another one has the database.
        for lost in ports.journal.renew().await? {
            warn!(session.id = %lost, "session {lost} is somebody else's now");
            self.inner.registry.lost(lost);
        }
        for waiting in ports.journal.waiting().await? {
            self.take_over(waiting).await;
        }
        ports.live.sweep(self.now()).await
    }
}

fn is_damage(error: &StoreError) -> bool {
    matches!(error, StoreError::Corrupt { .. } | StoreError::BadPage)
}

#[cfg(test)]
mod tests {
    use weald_domain::{event::SessionEvent, session::SessionStatus};

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

    /// A session whose branch cannot be read once it is claimed.
    fn claimable(fake: &Fake) -> Waiting {
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
        Waiting {
            session_id: id,
            orphaned: false,
        }
    }

    /// The last event and the end of a session that was ended without being read.
    fn ended_as(fake: &Fake) -> Option<(String, SessionStatus)> {
        let held = fake.held();
        let Some(SessionEvent::RunFailed(failed)) = held.events.last() else {
            panic!("{:?}", held.events);
        };
        let status = held.writes.iter().find_map(|write| {
            let Write::End { status, .. } = write else {
                return None;
            };
            Some(*status)
        });
        Some((failed.error.code.clone(), status?))
    }

    #[tokio::test]
    async fn a_claim_whose_history_cannot_be_read_now_is_handed_back() {
        let fake = Fake::new();
        let waiting = claimable(&fake);
        let engine = fake.engine(EngineConfig::default());
        engine.wake(waiting.session_id).await;
        assert_eq!(engine.running(), 0);
        assert_eq!(fake.held().writes, [Write::HandBack]);
    }

    #[tokio::test]
    async fn an_orphan_whose_history_cannot_be_read_now_stays_an_orphan() {
        let fake = Fake::new();
        let waiting = Waiting {
            orphaned: true,
            ..claimable(&fake)
        };
        let engine = fake.engine(EngineConfig::default());
        engine.take_over(waiting).await;
        assert_eq!(engine.running(), 0);
        let held = fake.held();
        // Before the claim, and after it.
        assert_eq!((held.writes.as_slice(), held.abandoned), ([].as_slice(), 2));
    }

    #[tokio::test]
    async fn a_session_whose_history_is_damaged_ends_as_failed() {
        for at_the_claim in [true, false] {
            let fake = Fake::new();
            let waiting = claimable(&fake);
            fake.held().damaged = at_the_claim;
            fake.held().branch = Some(Err(crate::fake::damaged()));
            let engine = fake.engine(EngineConfig::default());
            engine.take_over(waiting).await;
            assert_eq!(engine.running(), 0);
            let end = ("storage_corrupt".to_owned(), SessionStatus::Failed);
            assert_eq!(ended_as(&fake), Some(end), "{at_the_claim}");
        }
    }

    #[tokio::test]
    async fn a_turn_that_panics_leaves_its_place_and_its_session_ends() {
        let fake = Fake::new();
        let engine = fake.engine(EngineConfig::default());
        let control = engine.inner.registry.register(session().id).unwrap();
        let (seed, reply) = (fake.seed(control, Vec::new(), reply()), reply());
        claimable(&fake);
        // The stand-in has no answer, and panics when it is called; then its branch is unreadable.
        engine.spawn_turn(Turn::begun(engine.clone(), seed, None, reply));
        let idle = engine.until_idle();
        let waited = tokio::time::timeout(std::time::Duration::from_secs(5), idle).await;
        assert!(waited.is_ok(), "it still counts as running");
        let end = ("internal".to_owned(), SessionStatus::Failed);
        assert_eq!(ended_as(&fake), Some(end));
        assert_eq!(
            fake.held().abandoned,
            3,
            "to read it anew, to end it, and should that have failed"
        );
    }

    #[tokio::test]
    async fn a_claim_whose_answer_is_lost_is_let_go_of() {
        let fake = Fake::new();
        let waiting = claimable(&fake);
        fake.held().unanswered = true;
        let engine = fake.engine(EngineConfig::default());
        engine.wake(waiting.session_id).await;
        assert_eq!((engine.running(), fake.held().abandoned), (0, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_engine_that_drives_nothing_looks_after_its_database_too() {
        let fake = Fake::new();
        let engine = fake.engine(EngineConfig::default());
        engine.recover().await.unwrap();
        tokio::time::sleep(2 * engine.inner.config.tick).await;
        assert!(fake.held().renewed > 0);
    }
}
