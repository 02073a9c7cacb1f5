//! Parts of a message: AI SDK UI-message parts, in that format's own spelling.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::names::{Outcome, TextState};

/// A typed piece of content. Readers pass over a `type` they do not know.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type")]
pub enum Part {
    /// Text.
    #[serde(rename = "text")]
    Text(TextPart),
    /// What the model thought.
    #[serde(rename = "reasoning")]
    Reasoning(TextPart),
    /// A tool call and its result.
    #[serde(rename = "dynamic-tool")]
    Tool(Box<ToolPart>),
}

/// A text, finished or growing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextPart {
    /// The text.
    pub text: String,
    /// Whether it is still being written.
    pub state: Option<TextState>,
    /// What Weald adds.
    pub provider_metadata: Option<TextPartMetadata>,
}

/// What Weald adds to a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextPartMetadata {
    /// Weald's own members.
    pub weald: Option<TextPartOrigin>,
}

/// Where a text came from.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextPartOrigin {
    /// `trusted`, `user`, `model`, `tool:<worker>` or `web`.
    pub trust: Option<String>,
}

/// A tool call and its result.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolPart {
    /// Tool name.
    pub tool_name: String,
    /// The call in its message.
    pub tool_call_id: String,
    /// One line for a person.
    pub title: Option<String>,
    /// Where the call stands.
    pub state: ToolPartState,
    /// The arguments, once complete.
    pub input: Option<Value>,
    /// The result, once it succeeded.
    pub output: Option<Value>,
    /// Why it failed or was refused.
    pub error_text: Option<String>,
    /// The question to a person, while it is asked.
    pub approval: Option<ToolPartApproval>,
    /// What Weald adds.
    pub call_provider_metadata: Option<ToolPartMetadata>,
}

/// Where a tool call stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ToolPartState {
    /// The model writes the arguments.
    InputStreaming,
    /// The call waits for its turn or runs.
    InputAvailable,
    /// A person is asked.
    ApprovalRequested,
    /// It succeeded.
    OutputAvailable,
    /// It failed, was refused, or its outcome is unknown.
    OutputError,
}

/// The question to a person about a call.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToolPartApproval {
    /// The approval.
    pub id: String,
}

/// What Weald adds to a tool call.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToolPartMetadata {
    /// Weald's own members.
    pub weald: Option<ToolPartOrigin>,
}

/// Who ran a call and how it went.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToolPartOrigin {
    /// The worker that offers the tool.
    pub worker: Option<String>,
    /// `tool:<worker>`.
    pub trust: Option<String>,
    /// Unfinished JSON text of the arguments.
    pub raw: Option<String>,
    /// How the call ended.
    pub outcome: Option<Outcome>,
    /// How long it ran.
    pub duration_ms: Option<u64>,
    /// Whether the output was cut for the model.
    pub truncated: Option<bool>,
    /// The whole output, when it was cut: `GET /api/assets/{id}`.
    pub asset_ids: Option<Vec<Uuid>>,
}
