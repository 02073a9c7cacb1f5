//! Rows to begin with: a user in a workspace, runs, messages and events.

use std::time::Duration;

use futures::{Stream, StreamExt};
use serde_json::Map;
use uuid::Uuid;
use weald_domain::{
    access::Access,
    approval::{Approval, ApprovalKind, ApprovalState, Need, Subject, binding_hash},
    asset::{Asset, AssetKind},
    audit::{AuditDecision, NewAudit},
    conversation::{Conversation, ConversationSettings, ConversationStatus},
    event::{
        NewEvent, SessionEvent, StreamOrigin, Topic,
        session::{ContentDelta, ContentDone, MessageEnd, MessageStart, RunCompleted, RunStarted},
    },
    id::{ConversationId, MessageId, SessionId, WorkspaceId},
    message::{FinishReason, Message, MessageMetadata, Part, PartKind, Role, TextState, Trust},
    permission::{Lifetime, Permission},
    ports::{Append, Begun, Lease, NewRun, RunConversation, Write},
    preset::{AgentConfig, OnCrash, PresetModel},
    session::{EndReason, RunSummary, Session, SessionStatus, SessionType, Transport},
};

use super::Ports;

/// The owner of a fresh store, in their workspace.
#[derive(Clone)]
pub struct World {
    /// The store.
    pub ports: Ports,
    /// The owner.
    pub access: Access,
    /// Their first workspace.
    pub workspace: WorkspaceId,
}

/// A run that began.
#[derive(Clone)]
pub struct Running {
    /// Its lease.
    pub lease: Lease,
    /// Its row.
    pub session: Session,
    /// Its open answer.
    pub reply: Message,
}

/// Waits a little for what must come at once.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("it should have come by now")
}

/// The next item of a stream that must have one.
pub async fn next<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> T {
    soon(stream.next()).await.expect("the stream goes on")
}

/// A text part.
#[must_use]
pub fn text(text: &str, state: TextState) -> Part {
    Part::Text {
        text: text.into(),
        state,
        trust: Trust::Model,
    }
}

/// An event of a session.
#[must_use]
pub fn event(event: impl Into<SessionEvent>) -> NewEvent {
    NewEvent::session(&event.into()).expect("encodes")
}

impl World {
    /// The owner of a fresh store.
    pub async fn of(ports: Ports) -> Self {
        let owner = ports.identity.owner().await.expect("an owner");
        let access = ports.identity.access(owner).await.expect("reads");
        let access = access.expect("the owner is active");
        Self {
            workspace: access.default_workspace().expect("a workspace"),
            access,
            ports,
        }
    }

    /// A fresh id.
    #[must_use]
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.ports.ids.uuid(self.ports.now()).into()
    }

    /// Somebody who is a member of nothing here.
    #[must_use]
    pub fn stranger(&self) -> Access {
        Access {
            user_id: self.id(),
            workspaces: [(self.id(), weald_domain::access::WorkspaceRole::Owner)].into(),
            ..self.access.clone()
        }
    }

    /// A conversation that is not stored.
    #[must_use]
    pub fn conversation(&self) -> Conversation {
        let now = self.ports.now();
        Conversation {
            id: self.id(),
            workspace_id: self.workspace,
            owner_id: self.access.user_id,
            folder_id: None,
            title: Some("A title".into()),
            status: ConversationStatus::Active,
            default_preset_id: None,
            project_ids: Vec::new(),
            settings: ConversationSettings::default(),
            selected_leaf_id: None,
            metadata: Map::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// A run in a new conversation.
    #[must_use]
    pub fn new_run(&self, input: &str) -> NewRun {
        let conversation = self.conversation();
        let id = conversation.id;
        self.run_in(
            id,
            RunConversation::New(Box::new(conversation)),
            None,
            input,
        )
    }

    /// The next run of a conversation.
    #[must_use]
    pub fn next_run(&self, id: ConversationId, parent: Option<MessageId>, input: &str) -> NewRun {
        self.run_in(id, RunConversation::Existing(id), parent, input)
    }

    fn message(&self, run: &Session, parent: Option<MessageId>, role: Role) -> Message {
        let now = self.ports.now();
        Message {
            id: self.id(),
            conversation_id: run.conversation_id,
            parent_id: parent,
            session_id: Some(run.id),
            role,
            parts: Vec::new(),
            metadata: MessageMetadata::default(),
            created_at: now,
            updated_at: now,
        }
    }

    fn run_in(
        &self,
        id: ConversationId,
        conversation: RunConversation,
        parent: Option<MessageId>,
        text: &str,
    ) -> NewRun {
        let now = self.ports.now();
        let mut session = self.session(id, parent);
        let mut input = self.message(&session, parent, Role::User);
        input.parts = vec![Part::user_text(text.into())];
        session.input_message_id = input.id;
        let reply = self.message(&session, Some(input.id), Role::Assistant);
        let events = vec![
            event(RunStarted {
                preset_id: "default".into(),
                model_id: "builtin/planner".into(),
                session_type: SessionType::Agent,
                transport: Transport::Sse,
                parent_session_id: None,
                parent_message_id: parent,
                project_ids: Vec::new(),
                input_message_id: input.id,
                input: Some(serde_json::to_value(&input.parts).expect("encodes")),
            }),
            event(MessageStart {
                message_id: reply.id,
                parent_message_id: Some(input.id),
                role: Role::Assistant,
                model_id: None,
            }),
        ];
        NewRun {
            conversation,
            session,
            input: Some(input),
            reply,
            agent_id: "default".into(),
            events,
            step_key: "t1/m1".into(),
            key: None,
            at: now,
        }
    }

    fn session(&self, conversation_id: ConversationId, parent: Option<MessageId>) -> Session {
        Session {
            id: self.id(),
            workspace_id: self.workspace,
            owner_id: self.access.user_id,
            conversation_id,
            parent_session_id: None,
            parent_message_id: parent,
            session_type: SessionType::Agent,
            preset_id: "default".parse().expect("a slug"),
            model_id: "builtin/planner".into(),
            agent: AgentConfig {
                model: PresetModel {
                    name: "builtin/planner".parse().expect("a model"),
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
            input_message_id: self.id(),
            final_message_id: None,
            run_summary: None,
            error: None,
            created_at: self.ports.now(),
            ended_at: None,
        }
    }

    /// Begins a run that must begin.
    pub async fn begin(&self, run: NewRun) -> Running {
        let (session, reply) = (run.session.clone(), run.reply.clone());
        match self.ports.journal.begin(run).await.expect("begins") {
            Begun::Started(lease) => Running {
                lease,
                session,
                reply,
            },
            Begun::Repeated(id) => panic!("it began before as {id}"),
        }
    }

    /// An append that must be taken; the lease moves.
    pub async fn append(&self, run: &mut Running, events: Vec<NewEvent>, writes: Vec<Write>) {
        let append = Append {
            lease: run.lease,
            events,
            writes,
            at: self.ports.now(),
        };
        run.lease = self
            .ports
            .journal
            .append(append)
            .await
            .expect("appends")
            .lease;
    }

    /// Ends a run with a text.
    pub async fn finish(&self, run: &mut Running, said: &str) {
        let (events, writes) = self.ending(run, said);
        self.append(run, events, writes).await;
    }

    /// The last append of a run.
    #[must_use]
    pub fn ending(&self, run: &Running, said: &str) -> (Vec<NewEvent>, Vec<Write>) {
        let (now, id) = (self.ports.now(), run.reply.id);
        let summary = RunSummary::default();
        let events = vec![
            event(ContentDone {
                message_id: id,
                part: 0,
                kind: PartKind::Text,
                length: said.chars().count() as u64,
                hash: String::new(),
            }),
            event(MessageEnd {
                message_id: id,
                finish_reason: FinishReason::Stop,
                usage: None,
            }),
            event(RunCompleted {
                status: SessionStatus::Committed,
                end_reason: EndReason::Completed,
                message_id: Some(id),
                final_message: Some(said.into()),
                run_summary: summary.clone(),
                finished_at: now,
            }),
        ];
        let writes = vec![
            Write::Parts {
                message_id: id,
                parts: vec![text(said, TextState::Done)],
                metadata: MessageMetadata {
                    finish_reason: Some(FinishReason::Stop),
                    ..MessageMetadata::default()
                },
                at: now,
            },
            Write::End {
                status: SessionStatus::Committed,
                end_reason: EndReason::Completed,
                final_message_id: Some(id),
                run_summary: summary,
                error: None,
                at: now,
            },
        ];
        (events, writes)
    }

    /// A delta of a run's answer.
    #[must_use]
    pub fn delta(&self, run: &Running, offset: u64, delta: &str) -> SessionEvent {
        ContentDelta {
            message_id: run.reply.id,
            part: 0,
            kind: PartKind::Text,
            offset,
            delta: delta.into(),
        }
        .into()
    }

    /// The origin of a run's stream.
    #[must_use]
    pub fn origin(&self, run: &Running) -> StreamOrigin {
        let session = run.session.id;
        StreamOrigin {
            stream_id: session.into(),
            topic: Topic::Session(session),
            workspace_id: Some(self.workspace),
            conversation_id: Some(run.session.conversation_id),
            session_id: Some(session),
            agent_id: Some("default".into()),
        }
    }

    /// A small text that a run made.
    #[must_use]
    pub fn asset(&self, run: &Running) -> Asset {
        let id = self.id();
        Asset {
            id,
            workspace_id: self.workspace,
            owner_id: self.access.user_id,
            conversation_id: Some(run.session.conversation_id),
            message_id: Some(run.reply.id),
            kind: AssetKind::Artifact,
            mime_type: "text/plain; charset=utf-8".into(),
            relative_path: format!("{id}.txt"),
            size_bytes: 3,
            sha256: "00".repeat(32),
            created_at: self.ports.now(),
        }
    }

    /// What the audit says of the `n`th call of a run.
    #[must_use]
    pub fn audited_call(&self, run: &Running, n: u64) -> NewAudit {
        NewAudit {
            workspace_id: Some(self.workspace),
            user_id: Some(self.access.user_id),
            session_id: Some(run.session.id),
            extension: Some("fs-worker".into()),
            action: "tool.call".into(),
            resource: format!("fs_read {n}"),
            decision: AuditDecision::Allowed,
            grant_id: None,
            payload_hash: Some("00".into()),
            at: self.ports.now(),
        }
    }

    /// A question of a run.
    #[must_use]
    pub fn approval(&self, run: &Running) -> Approval {
        let subject = Subject {
            worker: "fs-worker".into(),
            tool: "fs_read".into(),
            tool_call_id: "c1".into(),
            args: serde_json::json!({"path": "a.txt"}),
            needs: vec![Need {
                permission: Permission::FsRead,
                resources: vec!["/repo/a.txt".into()],
                scope: vec!["/repo".into()],
            }],
        };
        Approval {
            id: self.id(),
            workspace_id: self.workspace,
            owner_id: self.access.user_id,
            conversation_id: run.session.conversation_id,
            session_id: run.session.id,
            kind: ApprovalKind::Permission,
            args_hash: binding_hash(&subject),
            subject,
            question: "Read /repo/a.txt?".into(),
            options: vec![Lifetime::Once, Lifetime::Conversation],
            state: ApprovalState::Pending,
            expires_at: None,
            answered_by: None,
            answered_at: None,
            lifetime: None,
            reason: None,
            created_at: self.ports.now(),
        }
    }

    /// The newest status of a session row.
    pub async fn status(&self, session: SessionId) -> SessionStatus {
        let found = self.ports.sessions.get(&self.access, session).await;
        found.expect("reads").expect("is there").0.status
    }
}
