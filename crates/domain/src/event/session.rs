//! The events of a session's stream (spec 5.2), and the approval events that stand in it.
//!
//! Text is never in a durable payload: it is stored once, in `message.parts`. A `content_done`
//! or `tool_call_result` names part, length and hash; the text is filled in when it is read.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    approval::{ApprovalKind, ApprovalState, Subject},
    id::{ApprovalId, AssetId, MessageId, SessionId, UserId},
    message::{CheckpointReason, FinishReason, MessageError, Outcome, PartKind, Role},
    model::Usage,
    permission::Lifetime,
    session::{EndReason, RunSummary, SessionStatus, SessionType, Transport},
    time::UnixMillis,
    tool::{EffectClass, ToolContent},
};

/// Why a session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Something went wrong.
    Error,
    /// A person stopped it.
    Interrupted,
    /// A person refused more money.
    Budget,
    /// Its owner died.
    Orphaned,
}

/// How far a part had come at a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOffset {
    /// Index of the part.
    pub part: u32,
    /// Unicode scalar values in it.
    pub offset: u64,
}

macro_rules! session_events {
    ($($(#[$doc:meta])* $variant:ident($name:literal) { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* })+) => {
        /// One event of a session. `Unknown` keeps a kind of a newer build as it came.
        #[derive(Debug, Clone, PartialEq)]
        pub enum SessionEvent {
            $($(#[$doc])* $variant($variant),)+
            /// A kind this build does not know, kept and passed on.
            Unknown {
                /// Its type.
                event_type: String,
                /// Its payload as JSON text.
                payload: String,
            },
        }

        $($(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct $variant {
            $($(#[$fdoc])* pub $field: $type,)*
        }

        impl From<$variant> for SessionEvent {
            fn from(payload: $variant) -> Self {
                Self::$variant(payload)
            }
        })+

        impl SessionEvent {
            /// The event type on the wire.
            #[must_use]
            pub fn event_type(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $name,)+
                    Self::Unknown { event_type, .. } => event_type,
                }
            }

            /// Type and payload.
            ///
            /// # Errors
            /// A payload that JSON cannot hold (a non-finite number).
            pub fn encode(&self) -> Result<(String, Box<RawValue>), serde_json::Error> {
                let payload = match self {
                    $(Self::$variant(payload) => to_raw_value(payload)?,)+
                    Self::Unknown { payload, .. } => RawValue::from_string(payload.clone())?,
                };
                Ok((self.event_type().to_owned(), payload))
            }

            /// Reads a stored or received event; never fails: what it cannot read is `Unknown`.
            #[must_use]
            pub fn decode(event_type: &str, payload: &RawValue) -> Self {
                let known = match event_type {
                    $($name => serde_json::from_str(payload.get()).ok().map(Self::$variant),)+
                    _ => None,
                };
                known.unwrap_or_else(|| Self::Unknown {
                    event_type: event_type.to_owned(),
                    payload: payload.get().to_owned(),
                })
            }
        }
    };
}

session_events! {
    /// The session exists and its stream begins.
    RunStarted("run_started") {
        /// Preset slug.
        preset_id: String,
        /// Resolved model (`provider/model`).
        model_id: String,
        /// What kind of session.
        session_type: SessionType,
        /// How the caller reads it.
        transport: Transport,
        /// The session before it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        parent_session_id: Option<SessionId>,
        /// The message the input hangs on.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        parent_message_id: Option<MessageId>,
        /// Projects it may work in.
        project_ids: Vec<String>,
        /// The user message it answers.
        input_message_id: MessageId,
        /// The input parts, filled in when the event is read.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        input: Option<serde_json::Value>,
    }
    /// The session ended with its turn complete.
    RunCompleted("run_completed") {
        /// `committed` or `awaiting_tool_results`.
        status: SessionStatus,
        /// Why it ended.
        end_reason: EndReason,
        /// The last assistant message.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        message_id: Option<MessageId>,
        /// Its text, filled in when the event is read.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        final_message: Option<String>,
        /// Usage and duration.
        run_summary: RunSummary,
        /// When.
        finished_at: UnixMillis,
    }
    /// The session ended otherwise; an interrupt with partial output is a partial commit.
    RunFailed("run_failed") {
        /// `committed` or `failed`.
        status: SessionStatus,
        /// Why.
        reason: FailReason,
        /// What went wrong.
        error: MessageError,
        /// Whether partial output was kept.
        partial: bool,
        /// The last assistant message.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        message_id: Option<MessageId>,
        /// Usage and duration.
        run_summary: RunSummary,
    }
    /// A message begins.
    MessageStart("message_start") {
        /// The message.
        message_id: MessageId,
        /// The message before it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        parent_message_id: Option<MessageId>,
        /// Who speaks.
        role: Role,
        /// Resolved model.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        model_id: Option<String>,
    }
    /// Text of a part; live log only.
    ContentDelta("content_delta") {
        /// The message.
        message_id: MessageId,
        /// Index of the part.
        part: u32,
        /// Text or reasoning.
        kind: PartKind,
        /// Unicode scalar values before it in that part.
        offset: u64,
        /// The text.
        delta: String,
    }
    /// A part is complete.
    ContentDone("content_done") {
        /// The message.
        message_id: MessageId,
        /// Index of the part.
        part: u32,
        /// Text or reasoning.
        kind: PartKind,
        /// Unicode scalar values in it.
        length: u64,
        /// SHA-256 of its text, hex.
        hash: String,
    }
    /// The message is complete and its parts are stored.
    MessageEnd("message_end") {
        /// The message.
        message_id: MessageId,
        /// Why the model stopped.
        finish_reason: FinishReason,
        /// Tokens of this call.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        usage: Option<Usage>,
    }
    /// A tool call begins.
    ToolCallStart("tool_call_start") {
        /// The message that calls.
        message_id: MessageId,
        /// Index of the call's part.
        part: u32,
        /// The call.
        tool_call_id: String,
        /// Tool name.
        tool: String,
        /// The worker that offers it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        worker: Option<String>,
        /// One line for a person.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        title: Option<String>,
        /// What a crash does to it.
        effect: EffectClass,
    }
    /// Arguments of a call; live log only.
    ToolCallArgsDelta("tool_call_args_delta") {
        /// The message that calls.
        message_id: MessageId,
        /// Index of the call's part.
        part: u32,
        /// The call.
        tool_call_id: String,
        /// Unicode scalar values before it.
        offset: u64,
        /// Raw JSON text.
        delta: String,
    }
    /// A tool answered; its part is completed in the same transaction.
    ToolCallResult("tool_call_result") {
        /// The message that called.
        message_id: MessageId,
        /// Index of the call's part.
        part: u32,
        /// The call.
        tool_call_id: String,
        /// How it ended.
        outcome: Outcome,
        /// What it answered, filled in when the event is read.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        content: Option<Vec<ToolContent>>,
        /// Whether the output was cut for the model.
        truncated: bool,
        /// The whole of an output that was cut here.
        #[serde(default)]
        asset_ids: Vec<AssetId>,
    }
    /// The call is closed.
    ToolCallEnd("tool_call_end") {
        /// The call.
        tool_call_id: String,
        /// How it ended.
        outcome: Outcome,
        /// How long it ran.
        duration_ms: u64,
    }
    /// Somebody asked the session to stop.
    InterruptReceived("interrupt_received") {
        /// Who.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        by: Option<UserId>,
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    }
    /// Tokens of the session so far.
    UsageSnapshot("usage_snapshot") {
        /// Resolved model.
        model_id: String,
        /// Tokens of the session so far with that model.
        usage: Usage,
        /// Tokens of the newest context.
        context_used: u64,
        /// Tokens that fit; 0 when unknown.
        context_window: u64,
    }
    /// The text so far is in SQL; a frame of the live log.
    Checkpointed("checkpointed") {
        /// The message.
        message_id: MessageId,
        /// Why.
        reason: CheckpointReason,
        /// How far each part had come.
        offsets: Vec<PartOffset>,
        /// When.
        at: UnixMillis,
    }
    /// The model sent no byte for a while; a frame of the live log, so that people see the wait.
    ModelSilent("model_silent") {
        /// The message.
        message_id: MessageId,
        /// Milliseconds without a byte.
        silent_ms: u64,
    }
    /// Transport only: a cursor cannot be served delta by delta, so here is the text so far.
    Resync("resync") {
        /// The message.
        message_id: MessageId,
        /// Index of the part.
        part: u32,
        /// Text or reasoning.
        kind: PartKind,
        /// Always 0: `text` starts at the beginning of the part.
        offset: u64,
        /// The text so far.
        text: String,
    }
    /// A person is asked; the session parks.
    ApprovalRequested("approval.requested") {
        /// The approval.
        approval_id: ApprovalId,
        /// What is asked.
        kind: ApprovalKind,
        /// About what.
        subject: Subject,
        /// The question for a person.
        question: String,
        /// The lifetimes a person may choose.
        options: Vec<Lifetime>,
        /// When it expires.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        expires_at: Option<UnixMillis>,
    }
    /// Somebody answered, or the approval expired.
    ApprovalAnswered("approval.answered") {
        /// The approval.
        approval_id: ApprovalId,
        /// How it was answered.
        state: ApprovalState,
        /// By whom.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        answered_by: Option<UserId>,
        /// For how long, when approved.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        lifetime: Option<Lifetime>,
        /// Why, when denied.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    }
}

/// A piece of a part on its way to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The message.
    pub message_id: MessageId,
    /// Index of the part.
    pub part: u32,
    /// Text or reasoning; none for the arguments of a call.
    pub kind: Option<PartKind>,
    /// Unicode scalar values before it in that part.
    pub offset: u64,
    /// The text.
    pub text: &'a str,
}

impl SessionEvent {
    /// The piece of a delta: text, reasoning or arguments.
    #[must_use]
    pub fn piece(&self) -> Option<Piece<'_>> {
        match self {
            Self::ContentDelta(delta) => Some(Piece {
                message_id: delta.message_id,
                part: delta.part,
                kind: Some(delta.kind),
                offset: delta.offset,
                text: &delta.delta,
            }),
            Self::ToolCallArgsDelta(delta) => Some(Piece {
                message_id: delta.message_id,
                part: delta.part,
                kind: None,
                offset: delta.offset,
                text: &delta.delta,
            }),
            Self::RunStarted(_)
            | Self::RunCompleted(_)
            | Self::RunFailed(_)
            | Self::MessageStart(_)
            | Self::ContentDone(_)
            | Self::MessageEnd(_)
            | Self::ToolCallStart(_)
            | Self::ToolCallResult(_)
            | Self::ToolCallEnd(_)
            | Self::InterruptReceived(_)
            | Self::UsageSnapshot(_)
            | Self::Checkpointed(_)
            | Self::ModelSilent(_)
            | Self::Resync(_)
            | Self::ApprovalRequested(_)
            | Self::ApprovalAnswered(_)
            | Self::Unknown { .. } => None,
        }
    }

    /// Whether the stream ends with it.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::RunCompleted(_) | Self::RunFailed(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_is_kept_and_passed_on() {
        let payload = RawValue::from_string("{\"a\":1}".into()).expect("legal");
        let event = SessionEvent::decode("from_the_future", &payload);
        let (event_type, again) = event.encode().expect("encodes");
        assert_eq!(
            (event_type.as_str(), again.get()),
            ("from_the_future", "{\"a\":1}")
        );
    }

    #[test]
    fn a_known_kind_reads_back() {
        let event = SessionEvent::from(ToolCallEnd {
            tool_call_id: "c".into(),
            outcome: Outcome::Ok,
            duration_ms: 1,
        });
        let (event_type, payload) = event.encode().expect("encodes");
        assert_eq!(SessionEvent::decode(&event_type, &payload), event);
    }
}
