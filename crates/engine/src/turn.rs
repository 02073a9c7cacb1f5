//! A turn: one task drives one session, model call by model call, until it ends, parks or is
//! handed back. What it does next is always a fold of what is journaled ([`TurnState::next`]).

mod approve;
mod checkpoint;
mod inbox;
mod reply;
mod settle;
mod speak;
#[cfg(test)]
mod tests;
mod tool_output;
mod tools;

use std::{error::Error, time::Duration};

use tracing::{error, warn};
use weald_domain::{
    event::{NewEvent, SessionEvent, StreamOrigin},
    id::{InboxId, SessionId, UserId},
    message::{Message, MessageError},
    ports::{Append, AppendError, Appended, CallContext, Lease, LiveWriter, StoreError, Write},
    provider::Provider,
    session::Session,
    time::UnixMillis,
    tool::EffectClass,
    turn_state::{Next, TurnState},
};

use crate::{
    Engine,
    broken::damaged,
    registry::{Control, Nudge},
};
use reply::Reply;

/// Longest wait between two tries to append.
const COMMIT_PAUSE_MAX: Duration = Duration::from_secs(5);

/// Whether a commit that storage does not take yet can be stopped.
#[derive(Debug, Clone, Copy)]
enum Stoppable {
    Yes,
    /// It is what stops the turn.
    No,
}

/// How a turn's task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The session has its terminal event.
    Ended,
    /// It waits for a person; `runnable` when an answer came while it parked.
    Parked { runnable: bool },
    /// The next start goes on with it.
    HandedBack,
    /// Somebody else has it, or storage is gone.
    Lost,
}

/// Why a turn leaves its normal course.
#[derive(Debug)]
enum Halt {
    /// Somebody asked it to stop.
    Interrupt {
        rows: Vec<InboxId>,
        by: Option<UserId>,
        reason: Option<String>,
    },
    /// Something went wrong that ends the session.
    Failed(MessageError),
    /// Weald stops.
    HandBack,
    /// Another process holds the session.
    Lost,
    /// Storage failed: the session ends as failed once it can be written again.
    Storage(StoreError),
    /// What is stored of the session is damaged: nothing more can be written.
    Corrupt(StoreError),
    /// All is done: the terminal event is journaled, or the session is parked.
    Stopped(Stopped),
}

/// What a turn starts with.
pub(crate) struct Seed {
    pub(crate) session: Session,
    pub(crate) origin: StreamOrigin,
    pub(crate) lease: Lease,
    pub(crate) control: Control,
    pub(crate) context: CallContext,
    /// None when the provider was deleted since.
    pub(crate) provider: Option<Provider>,
    pub(crate) state: TurnState,
    /// The messages root → newest; read from storage when none.
    pub(crate) branch: Option<Vec<Message>>,
}

/// How the turn came to this process.
enum Origin {
    /// It began here: the first message is open and nothing was said.
    Begun {
        input: Option<Box<Message>>,
        reply: Box<Message>,
    },
    /// It was claimed.
    Claimed {
        open_steps: Vec<(String, EffectClass)>,
        orphaned: bool,
    },
    /// Its turn panicked: it only ends.
    Broken {
        open_steps: Vec<(String, EffectClass)>,
        error: MessageError,
    },
}

/// One session being driven.
pub(crate) struct Turn {
    engine: Engine,
    session: Session,
    origin: StreamOrigin,
    lease: Lease,
    control: Control,
    context: CallContext,
    provider: Option<Provider>,
    state: TurnState,
    /// Root → newest message; the last one is the one being written.
    messages: Vec<Message>,
    /// The answer being written.
    reply: Option<Reply>,
    live: Option<Box<dyn LiveWriter>>,
    came: Option<Origin>,
    branch_known: bool,
    /// Steps that an earlier owner began and did not end.
    open_steps: Vec<(String, EffectClass)>,
}

impl Turn {
    /// A turn that began in this process.
    pub(crate) fn begun(
        engine: Engine,
        seed: Seed,
        input: Option<Message>,
        reply: Message,
    ) -> Self {
        Self::new(
            engine,
            seed,
            Origin::Begun {
                input: input.map(Box::new),
                reply: Box::new(reply),
            },
        )
    }

    /// A turn that was claimed: woken, handed back, or left behind by an owner that died.
    pub(crate) fn claimed(
        engine: Engine,
        seed: Seed,
        open_steps: Vec<(String, EffectClass)>,
        orphaned: bool,
    ) -> Self {
        Self::new(
            engine,
            seed,
            Origin::Claimed {
                open_steps,
                orphaned,
            },
        )
    }

    /// A turn that ends a session whose own turn panicked.
    pub(crate) fn broken(
        engine: Engine,
        seed: Seed,
        open_steps: Vec<(String, EffectClass)>,
        error: MessageError,
    ) -> Self {
        Self::new(engine, seed, Origin::Broken { open_steps, error })
    }

    fn new(engine: Engine, seed: Seed, came: Origin) -> Self {
        let Seed {
            session,
            origin,
            lease,
            control,
            context,
            provider,
            state,
            branch,
        } = seed;
        Self {
            engine,
            session,
            origin,
            lease,
            control,
            context,
            provider,
            state,
            branch_known: branch.is_some(),
            messages: branch.unwrap_or_default(),
            reply: None,
            live: None,
            came: Some(came),
            open_steps: Vec::new(),
        }
    }

    pub(crate) fn session_id(&self) -> SessionId {
        self.session.id
    }

    /// Drives the session until it stops; also how many inbox hints were dealt with. What goes
    /// wrong is journaled as the session's end.
    pub(crate) async fn drive(mut self) -> (Stopped, u64) {
        let stopped = self.drive_to_stop().await;
        (stopped, self.control.seen())
    }

    async fn drive_to_stop(&mut self) -> Stopped {
        let mut halt = match self.start().await {
            Ok(()) => self.course().await,
            Err(halt) => halt,
        };
        loop {
            let stop = match halt {
                Halt::Stopped(stopped) => return stopped,
                Halt::Lost => return Stopped::Lost,
                Halt::HandBack => self.hand_back().await,
                Halt::Interrupt { rows, by, reason } => {
                    self.end_interrupted(rows, by, reason).await
                }
                Halt::Failed(error) => self.end_failed(error).await,
                Halt::Storage(error) => self.end_failed(storage_failed(&error)).await,
                Halt::Corrupt(error) => return self.give_up(&error).await,
            };
            halt = match stop {
                Ok(stopped) => return stopped,
                Err(halt) => halt,
            };
        }
    }

    /// The normal course: do what comes next until something stops it.
    async fn course(&mut self) -> Halt {
        loop {
            let step = match self.state.next() {
                Next::Nothing => return Halt::Stopped(Stopped::Ended),
                Next::SettleMessage(_) if self.reply.is_some() => self.speak().await,
                Next::SettleMessage(message) => self.settle_left_open(message).await,
                Next::CallTools => self.call_tools().await,
                Next::CallModel => self.open_message().await,
                Next::Complete => self.complete().await,
            };
            if let Err(halt) = step {
                return halt;
            }
        }
    }

    async fn start(&mut self) -> Result<(), Halt> {
        let ports = self.engine.ports();
        let live = ports.live.open(self.origin.clone(), self.lease.epoch).await;
        self.live = Some(live.map_err(Halt::Storage)?);
        match self.came.take() {
            Some(Origin::Begun { input, reply }) => {
                if !self.branch_known
                    && let Some(parent) = input.as_ref().map_or(reply.parent_id, |i| i.parent_id)
                {
                    let branch = ports.conversations.context(parent).await;
                    self.messages = branch.map_err(Halt::Storage)?;
                }
                self.messages.extend(input.map(|input| *input));
                self.reply = Some(Reply::new(reply.id, tokio::time::Instant::now()));
                self.messages.push(*reply);
                Ok(())
            }
            Some(Origin::Claimed {
                open_steps,
                orphaned,
            }) => {
                self.open_steps = open_steps;
                self.read_inbox().await?;
                if orphaned {
                    self.settle_orphan().await
                } else {
                    Ok(())
                }
            }
            Some(Origin::Broken { open_steps, error }) => {
                self.open_steps = open_steps;
                Err(Halt::Failed(error))
            }
            None => Ok(()),
        }
    }

    fn now(&self) -> UnixMillis {
        self.engine.now()
    }

    /// Key of the current model call's step.
    fn model_step(&self) -> String {
        format!("t1/m{}", self.state.model_calls)
    }

    /// Key of the step of a call.
    fn call_step(call_id: &str) -> String {
        format!("t1/c{call_id}")
    }

    /// Appends under the fence; what is appended is then folded into the state. While storage is
    /// unreachable or full it tries again: what was said is not thrown away. Meanwhile the turn
    /// can be stopped.
    async fn commit(
        &mut self,
        events: Vec<SessionEvent>,
        writes: Vec<Write>,
    ) -> Result<Appended, Halt> {
        self.commit_as(Stoppable::Yes, events, writes).await
    }

    async fn commit_as(
        &mut self,
        stoppable: Stoppable,
        events: Vec<SessionEvent>,
        writes: Vec<Write>,
    ) -> Result<Appended, Halt> {
        let encoded: Result<Vec<_>, _> = events.iter().map(NewEvent::session).collect();
        let encoded = encoded.map_err(|error| failed("internal", error.to_string()))?;
        let mut pause = Duration::from_millis(250);
        loop {
            let append = Append {
                lease: self.lease,
                events: encoded.clone(),
                writes: writes.clone(),
                at: self.now(),
            };
            match self.engine.ports().journal.append(append).await {
                Ok(appended) => {
                    self.lease = appended.lease;
                    for event in &events {
                        self.state.apply(event);
                    }
                    return Ok(appended);
                }
                Err(AppendError::Fenced) => return Err(Halt::Lost),
                Err(AppendError::TooLarge) => {
                    return Err(failed("event_too_large", "an event is larger than 8 MiB"));
                }
                Err(AppendError::Store(
                    error @ (StoreError::Corrupt { .. } | StoreError::BadPage),
                )) => {
                    return Err(Halt::Corrupt(error));
                }
                Err(AppendError::Store(error)) => {
                    let id = self.session.id;
                    let error = &error as &dyn Error;
                    warn!(session.id = %id, error, "cannot journal session {id} yet");
                }
            }
            match stoppable {
                Stoppable::Yes => self.pause(pause).await?,
                Stoppable::No => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(COMMIT_PAUSE_MAX);
        }
    }

    /// Waits before the next try, unless the turn is told to stop.
    async fn pause(&mut self, pause: Duration) -> Result<(), Halt> {
        let nudge = tokio::select! {
            nudge = self.control.nudge() => nudge,
            () = tokio::time::sleep(pause) => return Ok(()),
        };
        match nudge {
            Nudge::Lost => return Err(Halt::Lost),
            Nudge::HandBack => return Err(Halt::HandBack),
            Nudge::Inbox => self.look_for_interrupt().await?,
        }
        // The hint stays: what it is about is read in its time.
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Writes frames of the live log, which readers then see.
    fn say(&mut self, events: &[SessionEvent]) -> Result<(), Halt> {
        let at = self.now();
        match &mut self.live {
            Some(live) if !events.is_empty() => live
                .write(self.lease.head_seq, events, at)
                .map(drop)
                .map_err(Halt::Storage),
            Some(_) | None => Ok(()),
        }
    }

    /// Ends the session as it is stored: nothing more of it can be written.
    async fn give_up(&mut self, error: &StoreError) -> Stopped {
        let id = self.session.id;
        error!(session.id = %id, error = error as &dyn Error, "session {id} is damaged in storage");
        self.live = None;
        if self.engine.end_unread(id, damaged(error)).await {
            Stopped::Ended
        } else {
            Stopped::Lost
        }
    }
}

fn storage_failed(error: &StoreError) -> MessageError {
    MessageError {
        code: "storage_failed".into(),
        message: error.to_string(),
        retryable: true,
    }
}

/// A failure that ends the session.
fn failed(code: &str, message: impl Into<String>) -> Halt {
    Halt::Failed(MessageError {
        code: code.into(),
        message: message.into(),
        retryable: false,
    })
}
