//! Events as a stream carries them: the envelope with one payload for each event type.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use weald_domain::event::{edit, session};

use super::{
    names::{
        ApprovalKind, ApprovalState, CheckpointReason, EffectClass, EndReason, FailReason,
        FinishReason, Lifetime, Outcome, PartKind, Role, SessionStatus, SessionType, Transport,
    },
    nested::{MessageError, PartOffset, RunSummary, Subject, Usage},
};

/// One frame of a stream (WHATWG HTML, server-sent events): in documentation only.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what the writer of frames writes")]
pub struct EventFrame {
    /// The cursor behind it, `<seq>-<k>`; the feed's own on the feed.
    id: Option<String>,
    /// The type of the event.
    event: String,
    /// An `EventEnvelope`.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// One event of a stream. Readers pass over an `event_type` they do not know.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventEnvelope {
    /// `<seq>-<k>`, strictly growing within a stream; compared as two numbers.
    pub event_id: String,
    /// Durable sequence number of the stream, gapless from 1.
    pub seq: u64,
    /// Position in the feed; durable events only.
    pub pos: Option<u64>,
    /// Its address, such as `session.{id}`.
    pub topic: String,
    /// Version of its payload.
    pub version: u32,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// Workspace it belongs to.
    pub workspace_id: Option<Uuid>,
    /// Conversation it belongs to.
    pub conversation_id: Option<Uuid>,
    /// Session it belongs to.
    pub session_id: Option<Uuid>,
    /// Preset slug of the agent.
    pub agent_id: Option<String>,
    /// Type and payload.
    #[serde(flatten)]
    pub event: Event,
}

/// The type of an event and its payload; the payload is `null` once erased.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "event_type", content = "payload", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each payload is documented below")]
pub enum Event {
    RunStarted(RunStarted),
    RunCompleted(RunCompleted),
    RunFailed(RunFailed),
    MessageStart(MessageStart),
    ContentDelta(ContentDelta),
    ContentDone(ContentDone),
    MessageEnd(MessageEnd),
    ToolCallStart(ToolCallStart),
    ToolCallArgsDelta(ToolCallArgsDelta),
    ToolCallResult(ToolCallResult),
    ToolCallEnd(ToolCallEnd),
    InterruptReceived(InterruptReceived),
    UsageSnapshot(UsageSnapshot),
    Checkpointed(Checkpointed),
    ModelSilent(ModelSilent),
    Resync(Resync),
    #[serde(rename = "approval.requested")]
    ApprovalRequested(ApprovalRequested),
    #[serde(rename = "approval.answered")]
    ApprovalAnswered(ApprovalAnswered),
    #[serde(rename = "conversation.created")]
    ConversationCreated(Edited),
    #[serde(rename = "conversation.updated")]
    ConversationUpdated(Edited),
    #[serde(rename = "conversation.deleted")]
    ConversationDeleted(Edited),
    #[serde(rename = "folder.created")]
    FolderCreated(Edited),
    #[serde(rename = "folder.updated")]
    FolderUpdated(Edited),
    #[serde(rename = "folder.deleted")]
    FolderDeleted(Edited),
    #[serde(rename = "workspace.created")]
    WorkspaceCreated(Edited),
    #[serde(rename = "workspace.updated")]
    WorkspaceUpdated(Edited),
    #[serde(rename = "workspace.deleted")]
    WorkspaceDeleted(Edited),
    #[serde(rename = "preset.created")]
    PresetCreated(Edited),
    #[serde(rename = "preset.updated")]
    PresetUpdated(Edited),
    #[serde(rename = "preset.deleted")]
    PresetDeleted(Edited),
    #[serde(rename = "provider.created")]
    ProviderCreated(Edited),
    #[serde(rename = "provider.updated")]
    ProviderUpdated(Edited),
    #[serde(rename = "provider.deleted")]
    ProviderDeleted(Edited),
    #[serde(rename = "model.created")]
    ModelCreated(Edited),
    #[serde(rename = "model.updated")]
    ModelUpdated(Edited),
    #[serde(rename = "project.created")]
    ProjectCreated(Edited),
    #[serde(rename = "project.updated")]
    ProjectUpdated(Edited),
    #[serde(rename = "project.deleted")]
    ProjectDeleted(Edited),
    #[serde(rename = "grant.created")]
    GrantCreated(Edited),
    #[serde(rename = "setting.updated")]
    SettingUpdated(Edited),
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)+ })+) => {$(
        schema_struct! { $(#[$doc])* $name of session::$name { $($field: $type,)+ } }
    )+};
}

payloads! {
    /// The session exists and its stream begins.
    RunStarted {
        preset_id: String,
        model_id: String,
        session_type: SessionType,
        transport: Transport,
        parent_session_id: Option<Uuid>,
        parent_message_id: Option<Uuid>,
        project_ids: Vec<String>,
        input_message_id: Uuid,
        input: Option<Value>,
    }
    /// The session ended with its turn complete.
    RunCompleted {
        status: SessionStatus,
        end_reason: EndReason,
        message_id: Option<Uuid>,
        final_message: Option<String>,
        run_summary: RunSummary,
        finished_at: DateTime<Utc>,
    }
    /// The session ended otherwise.
    RunFailed {
        status: SessionStatus,
        reason: FailReason,
        error: MessageError,
        partial: bool,
        message_id: Option<Uuid>,
        run_summary: RunSummary,
    }
    /// A message begins.
    MessageStart {
        message_id: Uuid,
        parent_message_id: Option<Uuid>,
        role: Role,
        model_id: Option<String>,
    }
    /// Text of a part; `offset` counts the Unicode scalar values before it.
    ContentDelta {
        message_id: Uuid,
        part: u32,
        kind: PartKind,
        offset: u64,
        delta: String,
    }
    /// A part is complete.
    ContentDone {
        message_id: Uuid,
        part: u32,
        kind: PartKind,
        length: u64,
        hash: String,
    }
    /// The message is complete and its parts are stored.
    MessageEnd {
        message_id: Uuid,
        finish_reason: FinishReason,
        usage: Option<Usage>,
    }
    /// A tool call begins.
    ToolCallStart {
        message_id: Uuid,
        part: u32,
        tool_call_id: String,
        tool: String,
        worker: Option<String>,
        title: Option<String>,
        effect: EffectClass,
    }
    /// Arguments of a call, raw JSON text.
    ToolCallArgsDelta {
        message_id: Uuid,
        part: u32,
        tool_call_id: String,
        offset: u64,
        delta: String,
    }
    /// A tool answered.
    ToolCallResult {
        message_id: Uuid,
        part: u32,
        tool_call_id: String,
        outcome: Outcome,
        content: Option<Vec<Value>>,
        truncated: bool,
        asset_ids: Vec<Uuid>,
    }
    /// The call is closed.
    ToolCallEnd {
        tool_call_id: String,
        outcome: Outcome,
        duration_ms: u64,
    }
    /// Somebody asked the session to stop.
    InterruptReceived {
        by: Option<Uuid>,
        reason: Option<String>,
    }
    /// Tokens of the session so far.
    UsageSnapshot {
        model_id: String,
        usage: Usage,
        context_used: u64,
        context_window: u64,
    }
    /// The text so far is stored.
    Checkpointed {
        message_id: Uuid,
        reason: CheckpointReason,
        offsets: Vec<PartOffset>,
        at: DateTime<Utc>,
    }
    /// The model sent no byte for a while.
    ModelSilent {
        message_id: Uuid,
        silent_ms: u64,
    }
    /// The cursor cannot be served delta by delta: here is the text so far.
    Resync {
        message_id: Uuid,
        part: u32,
        kind: PartKind,
        offset: u64,
        text: String,
    }
    /// A person is asked; the session parks.
    ApprovalRequested {
        approval_id: Uuid,
        kind: ApprovalKind,
        subject: Subject,
        question: String,
        options: Vec<Lifetime>,
        expires_at: Option<DateTime<Utc>>,
    }
    /// Somebody answered, or the approval expired.
    ApprovalAnswered {
        approval_id: Uuid,
        state: ApprovalState,
        answered_by: Option<Uuid>,
        lifetime: Option<Lifetime>,
        reason: Option<String>,
    }
}

/// What people edit was edited.
#[derive(Debug, Serialize, ToSchema)]
pub struct Edited {
    /// Id or slug of the row.
    pub id: String,
    /// The fields that changed.
    pub fields: Option<Vec<String>>,
    /// Who did it.
    pub by: Option<Uuid>,
}

const _: fn(edit::EditEvent) = |of| {
    let edit::EditEvent {
        thing: _,
        change: _,
        id: _,
        fields: _,
        by: _,
    } = of;
};
