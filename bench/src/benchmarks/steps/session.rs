//! The first append of a session, as the engine makes it for a new conversation.

use std::sync::Arc;

use anyhow::Result;
use serde_json::Map;
use uuid::Uuid;
use weald_domain::conversation::{Conversation, ConversationSettings, ConversationStatus};
use weald_domain::event::session::{MessageStart, RunStarted};
use weald_domain::event::{NewEvent, SessionEvent};
use weald_domain::id::{ConversationId, MessageId, SessionId, UserId, WorkspaceId};
use weald_domain::message::{Message, MessageMetadata, Part, Role};
use weald_domain::ports::{Clock as _, Ids as _, NewRun, RunConversation};
use weald_domain::preset::{AgentConfig, OnCrash, PresetModel};
use weald_domain::session::{Session, SessionStatus, SessionType, Transport};

use super::call::Caller;
use super::time::{SystemClock, SystemIds};

const MODEL: &str = "builtin/planner";
const PRESET: &str = "default";

/// Who begins sessions, and where.
#[derive(Clone)]
pub(super) struct Beginner {
    pub(super) ids: Arc<SystemIds>,
    pub(super) workspace: WorkspaceId,
    pub(super) owner: UserId,
}

impl Beginner {
    pub(super) fn id<T: From<Uuid>>(&self) -> T {
        self.ids.uuid(SystemClock.now()).into()
    }

    /// Who calls tools in a session.
    pub(super) fn caller(&self, session: SessionId, message: MessageId) -> Caller {
        Caller {
            workspace: self.workspace,
            owner: self.owner,
            session,
            message,
        }
    }

    /// A session in a conversation of its own, with its question and its open answer.
    pub(super) fn new_run(&self) -> Result<NewRun> {
        let conversation = self.conversation();
        let session = self.session(conversation.id)?;
        let mut input = self.message(&session, Role::User, None);
        input.id = session.input_message_id;
        input.parts = vec![Part::user_text("Read the notes.".to_owned())];
        let reply = self.message(&session, Role::Assistant, Some(input.id));
        Ok(NewRun {
            events: first_events(&session, &reply)?,
            conversation: RunConversation::New(Box::new(conversation)),
            session,
            input: Some(input),
            reply,
            agent_id: PRESET.to_owned(),
            step_key: "t1/m1".to_owned(),
            key: None,
            at: SystemClock.now(),
        })
    }

    fn conversation(&self) -> Conversation {
        let at = SystemClock.now();
        Conversation {
            id: self.id(),
            workspace_id: self.workspace,
            owner_id: self.owner,
            folder_id: None,
            title: None,
            status: ConversationStatus::Active,
            default_preset_id: None,
            project_ids: vec![],
            settings: ConversationSettings::default(),
            selected_leaf_id: None,
            metadata: Map::new(),
            created_at: at,
            updated_at: at,
        }
    }

    fn session(&self, conversation_id: ConversationId) -> Result<Session> {
        Ok(Session {
            id: self.id(),
            workspace_id: self.workspace,
            owner_id: self.owner,
            conversation_id,
            parent_session_id: None,
            parent_message_id: None,
            session_type: SessionType::Agent,
            preset_id: PRESET.parse()?,
            model_id: MODEL.to_owned(),
            agent: AgentConfig {
                model: PresetModel {
                    name: MODEL.parse()?,
                    temperature: None,
                    max_tokens: None,
                    context_window: None,
                },
                system_prompt: None,
                toolsets: vec![],
                on_crash: OnCrash::Fail,
            },
            project_ids: vec![],
            transport: Transport::Sse,
            status: SessionStatus::Created,
            end_reason: None,
            input_message_id: self.id(),
            final_message_id: None,
            run_summary: None,
            error: None,
            created_at: SystemClock.now(),
            ended_at: None,
        })
    }

    fn message(&self, session: &Session, role: Role, parent_id: Option<MessageId>) -> Message {
        let at = SystemClock.now();
        Message {
            id: self.id(),
            conversation_id: session.conversation_id,
            parent_id,
            session_id: Some(session.id),
            role,
            parts: vec![],
            metadata: MessageMetadata::default(),
            created_at: at,
            updated_at: at,
        }
    }
}

fn first_events(session: &Session, reply: &Message) -> Result<Vec<NewEvent>> {
    let events: [SessionEvent; 2] = [
        RunStarted {
            preset_id: PRESET.to_owned(),
            model_id: session.model_id.clone(),
            session_type: session.session_type,
            transport: session.transport,
            parent_session_id: None,
            parent_message_id: None,
            project_ids: vec![],
            input_message_id: session.input_message_id,
            input: None,
        }
        .into(),
        MessageStart {
            message_id: reply.id,
            parent_message_id: reply.parent_id,
            role: reply.role,
            model_id: None,
        }
        .into(),
    ];
    let events: Result<Vec<NewEvent>, _> = events.iter().map(NewEvent::session).collect();
    Ok(events?)
}
