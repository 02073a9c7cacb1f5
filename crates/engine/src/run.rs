//! Run and regenerate: begin a session in one transaction, then drive it (NB-17, NB-42, WE-02).

mod begin;

use serde_json::{Map, Value};
use weald_domain::{
    access::Access,
    conversation::{Conversation, ConversationSettings, ConversationStatus, title_from},
    id::{ConversationId, MessageId, SessionId, WorkspaceId},
    limits::PART_TEXT_MAX,
    message::{Message, Role},
    model::ModelRef,
    ports::{RunConversation, RunKey},
    preset::ConfigOverride,
    session::Transport,
    slug::Slug,
};

use crate::{Engine, RunError, context::last_input};
use begin::Begin;

/// What a caller asks for (NB-42).
#[derive(Debug, Clone, Default)]
pub struct RunRequest {
    /// The conversation; none makes a new one.
    pub conversation_id: Option<ConversationId>,
    /// Workspace of a new conversation.
    pub workspace_id: Option<WorkspaceId>,
    /// Preset; the conversation's or the default one when none.
    pub preset_id: Option<Slug>,
    /// Projects it may work in; empty is a pure chat, none is those of the conversation or workspace.
    pub project_ids: Option<Vec<Slug>>,
    /// Metadata of a new conversation.
    pub metadata: Option<Map<String, Value>>,
    /// What differs from the preset.
    pub config_override: Option<ConfigOverride>,
    /// Texts of the input, at least one that is not blank.
    pub input: Vec<String>,
    /// The message the input hangs on; the selected leaf when none.
    pub parent_message_id: Option<MessageId>,
    /// How the caller reads the stream.
    pub transport: Transport,
    /// The caller's `Idempotency-Key`.
    pub key: Option<RunKey>,
}

/// A session that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The session.
    pub session_id: SessionId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Whether the same request key began it before.
    pub repeated: bool,
}

impl Engine {
    /// Begins a session with new input and drives it to its end, whether or not anyone listens.
    ///
    /// # Errors
    /// See [`RunError`]. Nothing was written.
    pub async fn run(&self, access: &Access, request: RunRequest) -> Result<Started, RunError> {
        if self.inner.registry.is_draining() {
            return Err(RunError::Draining);
        }
        check_input(&request.input)?;
        let entry = match request.conversation_id {
            Some(id) => Some(self.conversation(access, id).await?),
            None => None,
        };
        let workspace = self.workspace_of(access, entry.as_ref(), request.workspace_id)?;
        let preset_id = request.preset_id.as_ref();
        let preset = self
            .preset_of(access, workspace, preset_id, entry.as_ref())
            .await?;
        let asked = request
            .project_ids
            .as_deref()
            .or(entry.as_ref().map(|c| &*c.project_ids));
        let projects = self.projects_of(access, workspace, asked).await?;
        let over = request.config_override.unwrap_or_default();
        let resolved = self.resolve(preset, entry.as_ref(), over, projects).await?;
        let parent = request
            .parent_message_id
            .or(entry.as_ref().and_then(|c| c.selected_leaf_id));
        let parent = match (parent, &entry) {
            (Some(id), Some(conversation)) => {
                Some(self.message_in(access, id, conversation.id).await?)
            }
            (Some(_), None) => return Err(RunError::NotFound("parent message")),
            (None, _) => None,
        };
        let at = self.now();
        let conversation = match &entry {
            Some(conversation) => RunConversation::Existing(conversation.id),
            None => RunConversation::New(Box::new(Conversation {
                id: self.id(at),
                workspace_id: workspace,
                owner_id: access.user_id,
                folder_id: None,
                title: title_from(&request.input.join(" ")),
                status: ConversationStatus::Active,
                default_preset_id: request.preset_id.clone(),
                project_ids: resolved.projects.iter().map(|p| p.id.clone()).collect(),
                settings: ConversationSettings::default(),
                selected_leaf_id: None,
                metadata: request.metadata.unwrap_or_default(),
                created_at: at,
                updated_at: at,
            })),
        };
        let begin = Begin {
            conversation,
            workspace,
            resolved,
            input: Some(request.input),
            parent,
            branch: None,
            transport: request.transport,
            key: request.key,
            at,
        };
        self.begin(access, begin).await
    }

    /// Answers again from the same place: a sibling of `message` (or a child, when it is a user's),
    /// made by another session, also with another preset or model (WE-02). The old branch stays.
    ///
    /// # Errors
    /// See [`RunError`]. Nothing was written.
    pub async fn regenerate(
        &self,
        access: &Access,
        message: MessageId,
        preset: Option<Slug>,
        model: Option<ModelRef>,
        transport: Transport,
        key: Option<RunKey>,
    ) -> Result<Started, RunError> {
        if self.inner.registry.is_draining() {
            return Err(RunError::Draining);
        }
        let conversations = &self.ports().conversations;
        let message = conversations
            .message(access, message)
            .await?
            .ok_or(RunError::NotFound("message"))?;
        let conversation = self.conversation(access, message.conversation_id).await?;
        let workspace = self.workspace_of(access, Some(&conversation), None)?;
        let parent = if message.role == Role::User {
            Some(message.id)
        } else {
            message.parent_id
        };
        let branch = match parent {
            Some(parent) => conversations.context(parent).await?,
            None => Vec::new(),
        };
        if !branch.iter().any(|message| message.role == Role::User) {
            return Err(RunError::invalid(
                "nothing_to_answer",
                "no user message stands before it",
            ));
        }
        let preset = self
            .preset_of(access, workspace, preset.as_ref(), Some(&conversation))
            .await?;
        let projects = self
            .projects_of(access, workspace, Some(&conversation.project_ids))
            .await?;
        let over = ConfigOverride {
            model: model.map(|name| preset.model.clone().replaced_by(name)),
            ..ConfigOverride::default()
        };
        let resolved = self
            .resolve(preset, Some(&conversation), over, projects)
            .await?;
        let begin = Begin {
            conversation: RunConversation::Existing(conversation.id),
            workspace,
            resolved,
            input: None,
            parent: branch.last().cloned(),
            branch: Some(branch),
            transport,
            key,
            at: self.now(),
        };
        self.begin(access, begin).await
    }

    async fn conversation(
        &self,
        access: &Access,
        id: ConversationId,
    ) -> Result<Conversation, RunError> {
        let entry = self.ports().conversations.get(access, id).await?;
        Ok(entry
            .ok_or(RunError::NotFound("conversation"))?
            .conversation)
    }

    /// The workspace of a run, which the caller may write to.
    fn workspace_of(
        &self,
        access: &Access,
        conversation: Option<&Conversation>,
        asked: Option<WorkspaceId>,
    ) -> Result<WorkspaceId, RunError> {
        let own = conversation.map(|conversation| conversation.workspace_id);
        if let (Some(own), Some(asked)) = (own, asked)
            && own != asked
        {
            let detail = "the conversation belongs to another workspace";
            return Err(RunError::invalid("other_workspace", detail));
        }
        let workspace = own.or(asked).or(access.default_workspace());
        let workspace = workspace.ok_or(RunError::NotFound("workspace"))?;
        if access.may_write(workspace) {
            Ok(workspace)
        } else {
            Err(RunError::NotFound("workspace"))
        }
    }

    async fn message_in(
        &self,
        access: &Access,
        id: MessageId,
        conversation: ConversationId,
    ) -> Result<Message, RunError> {
        let message = self.ports().conversations.message(access, id).await?;
        message
            .filter(|message| message.conversation_id == conversation)
            .ok_or(RunError::NotFound("parent message"))
    }

    /// Refuses what a model cannot take before anything is journaled.
    fn check_model(&self, begin: &Begin) -> Result<(), RunError> {
        let input = match (&begin.input, &begin.branch) {
            (Some(input), _) => input.join("\n"),
            (None, Some(branch)) => last_input(branch),
            (None, None) => String::new(),
        };
        let resolved = &begin.resolved;
        let model = &resolved.agent.model.name.model;
        self.ports()
            .models
            .check(&resolved.provider, model, &input)
            .map_err(|error| {
                let code = match error.code.as_str() {
                    "bad_script" => "bad_script",
                    "model_not_found" => "model_not_found",
                    _ => "bad_request",
                };
                RunError::invalid(code, error.message)
            })
    }
}

fn check_input(input: &[String]) -> Result<(), RunError> {
    if input.iter().all(|text| text.trim().is_empty()) {
        return Err(RunError::invalid("empty_input", "the input has no text"));
    }
    if input.iter().any(|text| text.len() > PART_TEXT_MAX) {
        let detail = format!("a text of the input is longer than {PART_TEXT_MAX} bytes");
        return Err(RunError::invalid("part_too_large", detail));
    }
    Ok(())
}
