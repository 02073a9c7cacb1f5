//! Conversations (NB-08, NB-22, NB-47, MY-33).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use weald_domain::{
    conversation::{ConversationEntry, ConversationSettings, ConversationStatus, OutputMode},
    id::{ConversationId, FolderId, MessageId, SessionId, UserId, WorkspaceId},
    session::LiveStatus,
    slug::Slug,
    time::UnixMillis,
};

use crate::{page::present, schema};

wire! {
    /// A tree of messages plus its sessions.
    Conversation of weald_domain::conversation::Conversation {
        /// Id.
        #[schema(value_type = Uuid)]
        id: ConversationId,
        /// Where it belongs.
        #[schema(value_type = Uuid)]
        workspace_id: WorkspaceId,
        /// Who made it.
        #[schema(value_type = Uuid)]
        owner_id: UserId,
        /// The folder it is in.
        #[schema(value_type = Option<Uuid>)]
        folder_id: Option<FolderId>,
        /// For people, 1–256 characters.
        title: Option<String>,
        /// In daily use or put away.
        #[schema(value_type = schema::ConversationStatus)]
        status: ConversationStatus,
        /// Its preset; the workspace's default when null.
        #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
        default_preset_id: Option<Slug>,
        /// Projects its agents may work in, the first is the cwd; empty: pure chat.
        #[schema(value_type = Vec<String>)]
        project_ids: Vec<Slug>,
        /// Its settings.
        #[schema(value_type = schema::ConversationSettings)]
        settings: ConversationSettings,
        /// The leaf people look at.
        #[schema(value_type = Option<Uuid>)]
        selected_leaf_id: Option<MessageId>,
        /// Opaque.
        #[schema(value_type = Object)]
        metadata: Map<String, Value>,
        /// When it was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When something was last said or changed in it.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

/// The session that runs or is parked in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationActivity {
    /// The session.
    #[schema(value_type = Uuid)]
    pub session_id: SessionId,
    /// What it does.
    #[schema(value_type = schema::LiveStatus)]
    pub status: LiveStatus,
}

/// A conversation with what runs in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConversationResponse {
    /// The conversation.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// Its active agent session, running or parked.
    pub active: Option<ConversationActivity>,
}

impl From<ConversationEntry> for ConversationResponse {
    fn from(entry: ConversationEntry) -> Self {
        Self {
            conversation: entry.conversation.into(),
            active: entry
                .active
                .map(|(session_id, status)| ConversationActivity { session_id, status }),
        }
    }
}

/// Which conversations.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationListQuery {
    /// Of one workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    /// In one folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub folder_id: Option<FolderId>,
    /// With one status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::ConversationStatus>)]
    pub status: Option<ConversationStatus>,
    /// JSON object that the metadata must contain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// `next` of the page before; without it the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items: 50 by default, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A change of a conversation; an absent member stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ConversationUpdateRequest {
    /// New title, 1–256 characters; null removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    pub title: Option<Option<String>>,
    /// New status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ConversationStatus>)]
    pub status: Option<ConversationStatus>,
    /// New preset; null: the workspace's default.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub default_preset_id: Option<Option<Slug>>,
    /// New folder; null moves it to the top.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub folder_id: Option<Option<FolderId>>,
    /// Shallow merge; a null value removes its key, null clears everything.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Option<Map<String, Value>>>,
}

/// A change of a conversation's settings; an absent member stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ConversationSettingsRequest {
    /// Model instead of the preset's (`provider/model`); null: the preset's.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub model_id: Option<Option<String>>,
    /// System prompt instead of the preset's; null: the preset's.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub system_prompt: Option<Option<String>>,
    /// Form of the answers; `text` alone in this release.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::OutputMode>)]
    pub output_mode: Option<OutputMode>,
    /// Schema of the answers; not available in this release.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub output_schema: Option<Option<Value>>,
    /// Not available in this release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_fire: Option<bool>,
}
