//! Messages (MY-37, MY-52).

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use weald_domain::{
    conversation::BranchItem,
    id::{ConversationId, MessageId, SessionId},
    message::{MessageMetadata, Part, Role},
    model::ModelRef,
    session::Transport,
    slug::Slug,
    time::UnixMillis,
};

use crate::schema;

/// Header of the message listing: the feed cursor taken before the messages were read.
pub const FEED_CURSOR_HEADER: &str = "weald-feed-cursor";

wire! {
    /// A node of a conversation's tree.
    Message of weald_domain::message::Message {
        /// Id.
        #[schema(value_type = Uuid)]
        id: MessageId,
        /// The tree it belongs to.
        #[schema(value_type = Uuid)]
        conversation_id: ConversationId,
        /// The node before it; null for a root.
        #[schema(value_type = Option<Uuid>)]
        parent_id: Option<MessageId>,
        /// The session that made it.
        #[schema(value_type = Option<Uuid>)]
        session_id: Option<SessionId>,
        /// Who speaks.
        #[schema(value_type = schema::Role)]
        role: Role,
        /// The content.
        #[schema(value_type = Vec<schema::Part>)]
        parts: Vec<Part>,
        /// How it was made.
        #[schema(value_type = schema::MessageMetadata)]
        metadata: MessageMetadata,
        /// When the node was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When its parts last changed.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

impl Message {
    /// The text parts, joined by nothing.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().filter_map(Part::text).collect()
    }
}

/// A message of a branch with the siblings one can switch to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MessageItem {
    /// The message.
    pub message: Message,
    /// All children of its parent, itself included, oldest first.
    #[schema(value_type = Vec<Uuid>)]
    pub siblings: Vec<MessageId>,
    /// Its place among them.
    pub sibling_index: usize,
    /// The session that made it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Uuid>)]
    pub session_id: Option<SessionId>,
}

impl From<BranchItem> for MessageItem {
    fn from(item: BranchItem) -> Self {
        Self {
            session_id: item.message.session_id,
            message: item.message.into(),
            siblings: item.siblings,
            sibling_index: item.sibling_index,
        }
    }
}

/// Which branch.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessageListQuery {
    /// Its last message; the selected leaf by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub leaf: Option<MessageId>,
}

/// Answers the same input again, as a sibling of the message.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RegenerateRequest {
    /// Another preset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub preset_id: Option<Slug>,
    /// Another model (`provider/model`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub model_id: Option<ModelRef>,
    /// How the caller reads the stream; `sse` by default.
    #[schema(value_type = schema::Transport, required = false)]
    pub transport: Transport,
}
