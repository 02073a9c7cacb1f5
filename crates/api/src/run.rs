//! Starting a run (NB-30, NB-42) and stopping it (NB-44).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use weald_domain::{
    id::{ConversationId, MessageId, SessionId, WorkspaceId},
    preset::ConfigOverride,
    session::Transport,
    slug::Slug,
};

use crate::schema;

/// Header of a run's stream: the session.
pub const SESSION_HEADER: &str = "weald-session-id";
/// Header of a run's stream: the conversation.
pub const CONVERSATION_HEADER: &str = "weald-conversation-id";

/// Starts an agent on an input.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RunRequest {
    /// The conversation; null makes a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub conversation_id: Option<ConversationId>,
    /// The preset; by default the conversation's, else the workspace's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub preset_id: Option<Slug>,
    /// Works in all projects of a workspace; not together with `project_ids`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    /// Works in these projects, the first is the cwd; empty: pure chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub project_ids: Option<Vec<Slug>>,
    /// Metadata of a new conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Any subset of a preset; the override wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ConfigOverride>)]
    pub config_override: Option<ConfigOverride>,
    /// What the person says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Vec<InputPart>>,
    /// Not available in this release.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub user_interactions: Option<Value>,
    /// Not available in this release.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub tool_results: Option<Value>,
    /// How the caller reads the stream; `sse` by default.
    #[schema(value_type = schema::Transport, required = false)]
    pub transport: Transport,
    /// The message the input hangs on; the selected leaf by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub parent_message_id: Option<MessageId>,
    /// Not available in this release.
    #[schema(required = false)]
    pub deferred: bool,
    /// What happens when the conversation is busy; `reject` alone in this release.
    #[schema(required = false)]
    pub multitask: Multitask,
    /// What happens when the caller goes away; `continue` alone in this release.
    #[schema(required = false)]
    pub on_disconnect: OnDisconnect,
}

impl RunRequest {
    /// A run of one text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            input: Some(vec![InputPart::text(text)]),
            ..Self::default()
        }
    }

    /// The same run in a conversation.
    #[must_use]
    pub const fn in_conversation(mut self, conversation: ConversationId) -> Self {
        self.conversation_id = Some(conversation);
        self
    }
}

/// What happens to a run on a busy conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Multitask {
    /// 409 `conversation_busy`.
    #[default]
    Reject,
    /// Not available in this release.
    Enqueue,
    /// Not available in this release.
    Interrupt,
    /// Not available in this release.
    Steer,
}

/// What happens to a run whose caller goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDisconnect {
    /// It goes on and commits.
    #[default]
    Continue,
    /// Not available in this release.
    Cancel,
}

/// A piece of what a person says; `text` alone in this release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InputPart {
    /// What kind.
    #[serde(rename = "type")]
    pub kind: InputPartType,
    /// The text of a `text` part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Not available in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Not available in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Not available in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Not available in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Not available in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

impl InputPart {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            kind: InputPartType::Text,
            text: Some(text.into()),
            url: None,
            path: None,
            data: None,
            mime: None,
            mode: None,
        }
    }
}

/// The kind of an input part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputPartType {
    /// Text.
    Text,
    /// Not available in this release.
    Url,
    /// Not available in this release.
    File,
    /// Not available in this release.
    Binary,
}

/// A run that was started with `transport: stream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunResponse {
    /// The session.
    #[schema(value_type = Uuid)]
    pub session_id: SessionId,
    /// The conversation.
    #[schema(value_type = Uuid)]
    pub conversation_id: ConversationId,
    /// The public name of its stream.
    pub stream_key: String,
}

/// Stops what runs in a conversation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct InterruptRequest {
    /// Why, for the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InterruptResponse {
    /// The sessions that were active; empty when none was.
    #[schema(value_type = Vec<Uuid>)]
    pub session_ids: Vec<SessionId>,
}
