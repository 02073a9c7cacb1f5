//! The first transaction of a session, and the start of the task that drives it.

use weald_domain::{
    access::Access,
    event::{
        NewEvent, SessionEvent, StreamOrigin, Topic,
        session::{MessageStart, RunStarted},
    },
    id::{MessageId, SessionId, WorkspaceId},
    message::{Message, MessageMetadata, Part, Role},
    ports::{BeginError, Begun, CallContext, NewRun, RunConversation, RunKey, StoreError},
    session::{Session, SessionStatus, SessionType, Transport},
    time::UnixMillis,
    turn_state::TurnState,
};

use super::Started;
use crate::{
    Engine, RunError, prompt,
    resolve::Resolved,
    turn::{Seed, Turn},
};

/// All that a session begins with.
pub(super) struct Begin {
    pub(super) conversation: RunConversation,
    pub(super) workspace: WorkspaceId,
    pub(super) resolved: Resolved,
    /// Texts of a new user message; none answers the branch as it is.
    pub(super) input: Option<Vec<String>>,
    /// The message before the input, or before the reply when there is no input.
    pub(super) parent: Option<Message>,
    /// The messages root → parent, when they are known already.
    pub(super) branch: Option<Vec<Message>>,
    pub(super) transport: Transport,
    pub(super) key: Option<RunKey>,
    pub(super) at: UnixMillis,
}

impl Engine {
    pub(super) async fn begin(&self, access: &Access, begin: Begin) -> Result<Started, RunError> {
        self.check_model(&begin)?;
        let at = begin.at;
        let conversation_id = match &begin.conversation {
            RunConversation::Existing(id) => *id,
            RunConversation::New(conversation) => conversation.id,
        };
        // The first session of a conversation has its id (NB-17).
        let session_id: SessionId = match &begin.conversation {
            RunConversation::Existing(_) => self.id(at),
            RunConversation::New(conversation) => SessionId(conversation.id.uuid()),
        };
        let parent_id = begin.parent.as_ref().map(|message| message.id);
        let message = |id: MessageId, parent_id, role, parts, metadata| Message {
            id,
            conversation_id,
            parent_id,
            session_id: Some(session_id),
            role,
            parts,
            metadata,
            created_at: at,
            updated_at: at,
        };
        let input = begin.input.as_ref().map(|texts| {
            let parts = texts.iter().cloned().map(Part::user_text).collect();
            message(
                self.id(at),
                parent_id,
                Role::User,
                parts,
                MessageMetadata::default(),
            )
        });
        let model = &begin.resolved.agent.model.name;
        let metadata = MessageMetadata {
            provider_id: Some(model.provider.to_string()),
            model_id: Some(model.to_string()),
            ..MessageMetadata::default()
        };
        let reply_parent = input.as_ref().map(|input| input.id).or(parent_id);
        let reply = message(
            self.id(at),
            reply_parent,
            Role::Assistant,
            Vec::new(),
            metadata,
        );
        let input_message_id = match (&input, &begin.branch) {
            (Some(input), _) => input.id,
            (None, Some(branch)) => branch
                .iter()
                .rev()
                .find(|message| message.role == Role::User)
                .map_or(reply.id, |message| message.id),
            (None, None) => reply.id,
        };
        let session = Session {
            id: session_id,
            workspace_id: begin.workspace,
            owner_id: access.user_id,
            conversation_id,
            parent_session_id: begin.parent.as_ref().and_then(|message| message.session_id),
            parent_message_id: parent_id,
            session_type: SessionType::Agent,
            preset_id: begin.resolved.preset.id.clone(),
            model_id: model.to_string(),
            agent: begin.resolved.agent.clone(),
            project_ids: begin
                .resolved
                .projects
                .iter()
                .map(|p| p.id.clone())
                .collect(),
            transport: begin.transport,
            status: SessionStatus::Created,
            end_reason: None,
            input_message_id,
            final_message_id: None,
            run_summary: None,
            error: None,
            created_at: at,
            ended_at: None,
        };
        let context = CallContext {
            workspace_id: begin.workspace,
            owner_id: access.user_id,
            conversation_id,
            session_id,
            projects: begin
                .resolved
                .projects
                .iter()
                .map(|project| (project.id.clone(), project.root_directory.clone()))
                .collect(),
        };
        if let Some(template) = &session.agent.system_prompt {
            prompt::render(
                template,
                session.preset_id.as_str(),
                &session.model_id,
                &context,
                at,
            )
            .map_err(|detail| RunError::invalid("bad_template", detail))?;
        }
        let events = first_events(&session, input.as_ref(), &reply);
        let run = NewRun {
            conversation: begin.conversation,
            session: session.clone(),
            input: input.clone(),
            reply: reply.clone(),
            agent_id: session.preset_id.to_string(),
            events: encode(&events)?,
            step_key: "t1/m1".into(),
            key: begin.key,
            at,
        };
        // Registered before the first transaction, so that an interrupt that follows it at once
        // finds the turn.
        let Some(control) = self.inner.registry.register(session_id) else {
            return Err(RunError::Draining);
        };
        let begun = self.ports().journal.begin(run).await;
        let lease = match begun {
            Ok(Begun::Started(lease)) => lease,
            Ok(Begun::Repeated(first)) => {
                self.inner.registry.unregister(session_id, 0);
                return self.repeated(access, first).await;
            }
            Err(error) => {
                self.not_begun(session_id, &error);
                return Err(refused(error));
            }
        };
        let branch = match (begin.branch, begin.parent) {
            (Some(branch), _) => Some(branch),
            (None, None) => Some(Vec::new()),
            (None, Some(_)) => None,
        };
        let origin = origin(
            begin.workspace,
            conversation_id,
            session_id,
            begin.resolved.preset.id.as_str(),
        );
        let state = TurnState::fold(events);
        let provider = Some(begin.resolved.provider);
        let seed = Seed {
            session,
            origin,
            lease,
            control,
            context,
            provider,
            state,
            branch,
        };
        let turn = Turn::begun(self.clone(), seed, input, reply);
        self.spawn_turn(turn);
        Ok(Started {
            session_id,
            conversation_id,
            repeated: false,
        })
    }
}

impl Engine {
    /// A session that did not begin; or it did, and the answer was lost: then it is let go of.
    fn not_begun(&self, id: SessionId, error: &BeginError) {
        if !matches!(error, BeginError::Store(StoreError::Unavailable(_))) {
            self.inner.registry.unregister(id, 0);
            return;
        }
        let engine = self.clone();
        self.inner.tasks.spawn(async move {
            engine.let_go(id).await;
            engine.inner.registry.unregister(id, 0);
        });
    }

    /// The session that the same request began before.
    async fn repeated(&self, access: &Access, session_id: SessionId) -> Result<Started, RunError> {
        let first = self.ports().sessions.get(access, session_id).await?;
        let (first, _) = first.ok_or(RunError::NotFound("session"))?;
        Ok(Started {
            session_id,
            conversation_id: first.conversation_id,
            repeated: true,
        })
    }
}

/// The origin of a session's stream.
fn origin(
    workspace: WorkspaceId,
    conversation: weald_domain::id::ConversationId,
    session: SessionId,
    agent: &str,
) -> StreamOrigin {
    StreamOrigin {
        stream_id: session.into(),
        topic: Topic::Session(session),
        workspace_id: Some(workspace),
        conversation_id: Some(conversation),
        session_id: Some(session),
        agent_id: Some(agent.to_owned()),
    }
}

fn first_events(session: &Session, input: Option<&Message>, reply: &Message) -> Vec<SessionEvent> {
    let started = RunStarted {
        preset_id: session.preset_id.to_string(),
        model_id: session.model_id.clone(),
        session_type: session.session_type,
        transport: session.transport,
        parent_session_id: session.parent_session_id,
        parent_message_id: session.parent_message_id,
        project_ids: session
            .project_ids
            .iter()
            .map(ToString::to_string)
            .collect(),
        input_message_id: session.input_message_id,
        input: input.map(|input| serde_json::json!(input.parts)),
    };
    let message = MessageStart {
        message_id: reply.id,
        parent_message_id: reply.parent_id,
        role: reply.role,
        model_id: reply.metadata.model_id.clone(),
    };
    vec![started.into(), message.into()]
}

fn encode(events: &[SessionEvent]) -> Result<Vec<NewEvent>, RunError> {
    events
        .iter()
        .map(NewEvent::session)
        .collect::<Result<_, _>>()
        .map_err(|error| RunError::invalid("bad_request", error.to_string()))
}

fn refused(error: BeginError) -> RunError {
    match error {
        BeginError::Busy(active) => RunError::Busy(active),
        BeginError::KeyReused => RunError::KeyReused,
        BeginError::Gone => RunError::NotFound("conversation"),
        BeginError::Store(error) => RunError::Store(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EngineConfig,
        fake::{Fake, session},
    };

    #[tokio::test]
    async fn a_begin_whose_answer_is_lost_is_let_go_of() {
        let fake = Fake::new();
        let engine = fake.engine(EngineConfig::default());
        let id = session().id;
        for (error, abandoned) in [
            (BeginError::Gone, 0),
            (StoreError::Unavailable("nobody answers".into()).into(), 1),
        ] {
            let _control = engine.inner.registry.register(id).unwrap();
            engine.not_begun(id, &error);
            engine.until_idle().await;
            assert_eq!(fake.held().abandoned, abandoned);
        }
    }
}
