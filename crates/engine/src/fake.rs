//! Stand-in ports for tests of one turn: a journal with a fence, a live log in memory, and a model
//! that says what the test tells it to.

mod never_asked;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;
use weald_domain::{
    approval::Approval,
    cursor::Cursor,
    event::{Envelope, SessionEvent, StreamOrigin, Topic},
    id::SessionId,
    message::{Message, MessageMetadata, Role},
    model::{ModelError, ModelEvent, ModelRequest, OfferedModel},
    ports::{
        Append, AppendError, Appended, BeginError, Begun, Blobs, CallContext, Check, Claimed,
        Frame, Inbox, InboxRow, Journal, Lease, LiveLog, LiveTail, LiveWriter, ModelStream, Models,
        NewRun, Posted, StoreError, ToolAnswer, ToolCall, ToolError, ToolHost, Waiting, Write,
    },
    preset::{AgentConfig, OnCrash, PresetModel, Toolset},
    provider::{AuthKind, Provider, ProviderKind},
    secret::Secret,
    session::{Session, SessionStatus, SessionType, Transport},
    time::UnixMillis,
    tool::ToolSpec,
};
use weald_testkit::clock::{FakeClock, TestIds};

use crate::{Engine, EngineConfig, Ports, registry::Control, turn::Seed};

/// What the stand-in was told and what it holds.
#[derive(Default)]
pub(crate) struct Held {
    /// Newest sequence number of the one stream.
    pub(crate) head_seq: u64,
    /// Every durable event that was appended.
    pub(crate) events: Vec<SessionEvent>,
    /// Bytes by name.
    pub(crate) blobs: HashMap<String, Bytes>,
    /// Every projection that was appended.
    pub(crate) writes: Vec<Write>,
    /// How often the stream was seized, and let go of as an orphan.
    pub(crate) seized: u64,
    pub(crate) abandoned: u64,
    /// How often leases were renewed.
    pub(crate) renewed: u64,
    /// The next claim, or the next append, meets damage.
    pub(crate) damaged: bool,
    /// What the next read of the branch finds.
    pub(crate) branch: Option<Result<Vec<Message>, StoreError>>,
    /// Rows that wait in the inbox.
    pub(crate) inbox: Vec<InboxRow>,
    /// The appends that storage does not take now.
    pub(crate) refused: Option<fn(&Append) -> bool>,
    /// The next append, or the next claim, is done, but its answer is lost.
    pub(crate) unanswered: bool,
    /// The approval that somebody else has answered before.
    pub(crate) answered: Option<Approval>,
    model: Option<mpsc::Receiver<ModelEvent>>,
}

/// All ports in one.
pub(crate) struct Fake {
    held: Mutex<Held>,
    /// Every frame of the live log.
    pub(crate) frames: Arc<Mutex<Vec<SessionEvent>>>,
    /// Checkpoints that may go on; appends with events need no leave.
    pub(crate) checkpoints: Semaphore,
    /// Calls of the model whose answer may begin.
    pub(crate) headers: Semaphore,
    /// Claims that may go on.
    pub(crate) claims: Semaphore,
    /// What the next claim gets.
    pub(crate) claimed: Mutex<Option<Claimed>>,
}

impl Fake {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            frames: Arc::default(),
            checkpoints: Semaphore::new(0),
            headers: Semaphore::new(Semaphore::MAX_PERMITS),
            claims: Semaphore::new(0),
            claimed: Mutex::default(),
        })
    }

    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sending end of the next answer of the model.
    pub(crate) fn model(&self) -> mpsc::Sender<ModelEvent> {
        let (say, said) = mpsc::channel(8);
        self.held().model = Some(said);
        say
    }

    pub(crate) fn engine(self: &Arc<Self>, config: EngineConfig) -> Engine {
        let ports = Ports {
            approvals: self.clone(),
            blobs: self.clone(),
            clock: Arc::new(FakeClock::default()),
            conversations: self.clone(),
            identity: self.clone(),
            ids: Arc::new(TestIds::default()),
            inbox: self.clone(),
            journal: self.clone(),
            live: self.clone(),
            models: self.clone(),
            presets: self.clone(),
            projects: self.clone(),
            providers: self.clone(),
            secrets: self.clone(),
            sessions: self.clone(),
            tools: self.clone(),
            workspaces: self.clone(),
        };
        Engine::new(config, ports)
    }

    /// What a turn of the one session starts with, after `events`.
    pub(crate) fn seed(&self, control: Control, events: Vec<SessionEvent>, reply: Message) -> Seed {
        let session = session();
        let head_seq = events.len() as u64;
        self.held().head_seq = head_seq;
        Seed {
            origin: origin(&session),
            lease: Lease {
                session_id: session.id,
                epoch: 1,
                head_seq,
            },
            control,
            context: CallContext {
                workspace_id: session.workspace_id,
                owner_id: session.owner_id,
                conversation_id: session.conversation_id,
                session_id: session.id,
                projects: Vec::new(),
            },
            provider: Some(provider()),
            state: weald_domain::turn_state::TurnState::fold(events),
            branch: Some(vec![reply]),
            session,
        }
    }
}

pub(crate) fn damaged() -> StoreError {
    StoreError::Corrupt {
        what: "an event",
        source: "noise".into(),
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("nobody answers".into())
}

pub(crate) fn provider() -> Provider {
    Provider {
        id: "p".parse().unwrap(),
        kind: ProviderKind::Builtin,
        display_name: String::new(),
        auth_kind: AuthKind::None,
        base_url: None,
        secret_ref: None,
        config: serde_json::Map::new(),
        is_enabled: true,
        created_at: UnixMillis(0),
        updated_at: UnixMillis(0),
    }
}

/// An open answer of the one session.
pub(crate) fn reply() -> Message {
    let session = session();
    Message {
        id: Uuid::from_u128(7).into(),
        conversation_id: session.conversation_id,
        parent_id: None,
        session_id: Some(session.id),
        role: Role::Assistant,
        parts: Vec::new(),
        metadata: MessageMetadata::default(),
        created_at: UnixMillis(0),
        updated_at: UnixMillis(0),
    }
}

/// The one session.
pub(crate) fn session() -> Session {
    let id = Uuid::from_u128(1);
    Session {
        id: id.into(),
        workspace_id: id.into(),
        owner_id: id.into(),
        conversation_id: id.into(),
        parent_session_id: None,
        parent_message_id: None,
        session_type: SessionType::Agent,
        preset_id: "default".parse().unwrap(),
        model_id: "p/m".into(),
        agent: AgentConfig {
            model: PresetModel {
                name: "p/m".parse().unwrap(),
                temperature: None,
                max_tokens: None,
                context_window: None,
            },
            system_prompt: None,
            toolsets: Vec::new(),
            on_crash: OnCrash::Fail,
        },
        project_ids: Vec::new(),
        transport: Transport::Sse,
        status: SessionStatus::Created,
        end_reason: None,
        input_message_id: Uuid::from_u128(6).into(),
        final_message_id: None,
        run_summary: None,
        error: None,
        created_at: UnixMillis(0),
        ended_at: None,
    }
}

pub(crate) fn origin(session: &Session) -> StreamOrigin {
    StreamOrigin {
        stream_id: session.id.into(),
        topic: Topic::Session(session.id),
        workspace_id: Some(session.workspace_id),
        conversation_id: Some(session.conversation_id),
        session_id: Some(session.id),
        agent_id: None,
    }
}

#[async_trait]
impl Journal for Fake {
    async fn begin(&self, _: NewRun) -> Result<Begun, BeginError> {
        panic!("the test begins its session by itself")
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let is_checkpoint = append.events.is_empty()
            && append
                .writes
                .iter()
                .all(|w| matches!(w, Write::Parts { .. }));
        if is_checkpoint {
            let leave = self.checkpoints.acquire().await;
            leave.unwrap().forget();
        }
        let mut held = self.held();
        if std::mem::take(&mut held.damaged) {
            return Err(damaged().into());
        }
        if held.refused.is_some_and(|refused| refused(&append)) {
            return Err(away().into());
        }
        if held.head_seq != append.lease.head_seq {
            return Err(AppendError::Fenced);
        }
        held.head_seq += append.events.len() as u64;
        let decoded = append
            .events
            .iter()
            .map(|event| SessionEvent::decode(&event.event_type, &event.payload));
        held.events.extend(decoded);
        held.writes.extend(append.writes);
        if std::mem::take(&mut held.unanswered) {
            return Err(away().into());
        }
        Ok(Appended {
            lease: Lease {
                head_seq: held.head_seq,
                ..append.lease
            },
            runnable: false,
        })
    }

    async fn claim(&self, _: SessionId) -> Result<Option<Claimed>, StoreError> {
        self.claims.acquire().await.unwrap().forget();
        if std::mem::take(&mut self.held().damaged) {
            return Err(damaged());
        }
        if std::mem::take(&mut self.held().unanswered) {
            return Err(away());
        }
        Ok(self.claimed.lock().unwrap().take())
    }

    async fn seize(&self, session_id: SessionId) -> Result<Option<Lease>, StoreError> {
        let mut held = self.held();
        held.seized += 1;
        Ok(Some(Lease {
            session_id,
            epoch: 1 + held.seized,
            head_seq: held.head_seq,
        }))
    }

    async fn abandon(&self, _: SessionId) -> Result<(), StoreError> {
        self.held().abandoned += 1;
        Ok(())
    }

    async fn waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        Ok(Vec::new())
    }

    async fn renew(&self) -> Result<Vec<SessionId>, StoreError> {
        self.held().renewed += 1;
        Ok(Vec::new())
    }
}

#[async_trait]
impl Inbox for Fake {
    async fn post(&self, _: SessionId, _: InboxRow, _: UnixMillis) -> Result<Posted, StoreError> {
        Ok(Posted::ToOwner)
    }

    async fn unread(&self, _: SessionId) -> Result<Vec<InboxRow>, StoreError> {
        Ok(self.held().inbox.clone())
    }
}

struct Writer(Arc<Mutex<Vec<SessionEvent>>>);

impl LiveWriter for Writer {
    fn write(
        &mut self,
        seq: u64,
        events: &[SessionEvent],
        _: UnixMillis,
    ) -> Result<Cursor, StoreError> {
        self.0.lock().unwrap().extend_from_slice(events);
        Ok(Cursor::durable(seq))
    }
}

#[async_trait]
impl Blobs for Fake {
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.held().blobs.insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        Ok(self.held().blobs.get(name).cloned())
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.held().blobs.remove(name);
        Ok(())
    }
}

#[async_trait]
impl LiveLog for Fake {
    async fn open(&self, _: StreamOrigin, _: u64) -> Result<Box<dyn LiveWriter>, StoreError> {
        Ok(Box::new(Writer(Arc::clone(&self.frames))))
    }

    async fn read(&self, _: SessionId, _: Cursor) -> Result<LiveTail, StoreError> {
        let frames = self.frames.lock().unwrap();
        let envelope = |event: &SessionEvent| {
            let (event_type, payload) = event.encode().unwrap();
            Frame::new(Envelope {
                event_id: Cursor::START,
                seq: 0,
                pos: None,
                topic: Topic::System,
                event_type,
                version: 1,
                timestamp: UnixMillis(0),
                workspace_id: None,
                conversation_id: None,
                session_id: None,
                agent_id: None,
                payload,
            })
        };
        Ok(LiveTail {
            frames: frames.iter().map(envelope).collect(),
            gap: false,
        })
    }

    async fn close(&self, _: SessionId, _: UnixMillis) {}

    async fn sweep(&self, _: UnixMillis) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Models for Fake {
    fn check(&self, _: &Provider, _: &str, _: &str) -> Result<(), ModelError> {
        Ok(())
    }

    async fn call(
        &self,
        _: &Provider,
        _: Option<Secret>,
        _: ModelRequest,
    ) -> Result<ModelStream, ModelError> {
        self.headers.acquire().await.unwrap().forget();
        let said = self.held().model.take().unwrap();
        let events = futures::stream::unfold(said, async |mut said| {
            let event = said.recv().await?;
            Some((Ok(event), said))
        });
        Ok(events.boxed())
    }

    async fn list(&self, _: &Provider, _: Option<Secret>) -> Result<Vec<OfferedModel>, ModelError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl ToolHost for Fake {
    fn tools(&self, _: &[Toolset], _: &CallContext) -> Vec<ToolSpec> {
        Vec::new()
    }

    async fn check(&self, _: &CallContext, _: &ToolCall) -> Result<Check, ToolError> {
        Ok(Check::Deny {
            worker: None,
            reason: "there is no such tool".into(),
            code: "unknown_tool".into(),
        })
    }

    async fn call(
        &self,
        _: &CallContext,
        _: &ToolCall,
        _: &[weald_domain::approval::Need],
    ) -> Result<ToolAnswer, ToolError> {
        panic!("the stand-in has no tools")
    }
}
