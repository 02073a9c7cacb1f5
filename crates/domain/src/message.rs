//! Messages, their parts, and the rules of the tree they form (MY-25, MY-26).

pub mod part;
pub mod tree;

use serde::{Deserialize, Serialize};

pub use part::{Outcome, Part, PartKind, TextState, ToolPart, ToolState, Trust, TrustLabel};

use crate::{
    id::{ConversationId, MessageId, SessionId},
    time::UnixMillis,
};

/// Who speaks. `Tool` only for imported history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool result of imported history.
    Tool,
}

/// Why a model stopped; `Interrupted` when it did not stop by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The answer is complete.
    Stop,
    /// The model wants tools to be called.
    ToolCalls,
    /// The token limit cut the answer.
    Length,
    /// The provider's filter ended the answer.
    ContentFilter,
    /// A person, a crash or a shutdown ended the answer (NB-21).
    Interrupted,
    /// The call failed; the text so far is kept.
    Error,
}

impl FinishReason {
    /// Whether something cut the answer: its last call may have been about to get arguments.
    #[must_use]
    pub const fn is_cut(self) -> bool {
        match self {
            Self::Stop | Self::ToolCalls => false,
            Self::Length | Self::ContentFilter | Self::Interrupted | Self::Error => true,
        }
    }
}

/// Why a partial message was checkpointed (MY-57).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckpointReason {
    /// Time passed and enough was new.
    Interval,
    /// A tool call begins.
    ToolBoundary,
    /// The call failed.
    Failure,
    /// Weald stops.
    Shutdown,
    /// A person stopped the session.
    Interrupt,
}

/// What is known about how a message was made (MY-52).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageMetadata {
    /// Provider slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// `provider/model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// Tokens of the prompt, cached ones included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_prompt: Option<u64>,
    /// Tokens of the answer, reasoning included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_completion: Option<u64>,
    /// Both together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_total: Option<u64>,
    /// From the request to the end of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// Why the model stopped; absent while it speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<MessageError>,
    /// When the partial text was last checkpointed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_at: Option<UnixMillis>,
    /// Why it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_reason: Option<CheckpointReason>,
}

/// An error shown with a message or a failed session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageError {
    /// Stable code.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// Whether the same call may succeed later.
    #[serde(default)]
    pub retryable: bool,
}

/// A node of a conversation's tree. Its parts grow while the model speaks; afterwards it never
/// changes: an edit makes a new node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Id of the node.
    pub id: MessageId,
    /// The tree it belongs to.
    pub conversation_id: ConversationId,
    /// The node before it; none for a root.
    pub parent_id: Option<MessageId>,
    /// The session that made it; none for imported history.
    pub session_id: Option<SessionId>,
    /// Who speaks.
    pub role: Role,
    /// The content, the only place where the text of a conversation is stored (D-35).
    pub parts: Vec<Part>,
    /// How it was made.
    pub metadata: MessageMetadata,
    /// When the node was made.
    pub created_at: UnixMillis,
    /// When its parts last changed.
    pub updated_at: UnixMillis,
}

impl Message {
    /// The text parts, joined by nothing.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().filter_map(Part::text).collect()
    }

    /// Whether the model did not stop by itself.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.metadata.finish_reason == Some(FinishReason::Interrupted)
    }

    /// The tool calls in it, in order.
    pub fn tool_parts(&self) -> impl Iterator<Item = &ToolPart> {
        self.parts.iter().filter_map(|part| match part {
            Part::Tool(tool) => Some(tool),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        })
    }
}
