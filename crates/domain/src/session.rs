//! A session, one execution of an agent, and the only legal ways its status can change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    cursor::Cursor,
    id::{ConversationId, MessageId, SessionId, UserId, WorkspaceId},
    message::MessageError,
    model::Usage,
    preset::AgentConfig,
    slug::Slug,
    time::UnixMillis,
};

/// What kind of session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionType {
    /// The agent of a conversation: at most one active.
    #[default]
    Agent,
    /// Started by another session.
    AsyncSubagent,
}

/// How the caller reads the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// The answer of the run request is the stream.
    #[default]
    Sse,
    /// The run request answers 202; the stream is read apart.
    Stream,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The turn is complete.
    Completed,
    /// A person stopped it.
    Interrupted,
    /// It failed.
    Error,
    /// A person refused more money.
    Budget,
    /// Its owner died and its preset says `fail`.
    Orphaned,
}

/// The stored status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Running or parked.
    Created,
    /// Ended with something to keep.
    Committed,
    /// Ended with tools that the caller must answer.
    AwaitingToolResults,
    /// Ended with nothing to keep, or orphaned.
    Failed,
    /// Put away.
    Archived,
}

/// A move that spec section 4 does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a session cannot go from {from:?} to {to:?}")]
pub struct IllegalMove {
    /// Where it stands.
    pub from: SessionStatus,
    /// Where it should have gone.
    pub to: SessionStatus,
}

impl SessionStatus {
    /// The status after a legal move.
    ///
    /// # Errors
    /// Any move not listed in spec section 4.
    pub const fn go(self, to: Self) -> Result<Self, IllegalMove> {
        match (self, to) {
            (Self::Created, Self::Committed | Self::AwaitingToolResults | Self::Failed)
            | (Self::Committed, Self::Archived) => Ok(to),
            (
                Self::Created
                | Self::Committed
                | Self::AwaitingToolResults
                | Self::Failed
                | Self::Archived,
                _,
            ) => Err(IllegalMove { from: self, to }),
        }
    }
}

/// Usage and duration of a session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunSummary {
    /// From start to end, parked time included.
    pub duration_ms: u64,
    /// By model id (`provider/model`).
    pub usage: BTreeMap<String, Usage>,
}

/// One execution of an agent in a conversation; immutable once it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Id, also of its stream.
    pub id: SessionId,
    /// Where it belongs.
    pub workspace_id: WorkspaceId,
    /// Who started it.
    pub owner_id: UserId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The session before it on its branch (D-06).
    pub parent_session_id: Option<SessionId>,
    /// The message its input hangs on.
    pub parent_message_id: Option<MessageId>,
    /// What kind.
    pub session_type: SessionType,
    /// The preset it runs.
    pub preset_id: Slug,
    /// Resolved model id (`provider/model`).
    pub model_id: String,
    /// What it runs with: the preset and its overrides as they stood when it began, so that an
    /// edit of the preset never changes a session that is under way. Never a secret.
    pub agent: AgentConfig,
    /// Projects it may work in, the first is its cwd.
    pub project_ids: Vec<Slug>,
    /// How the caller reads it.
    pub transport: Transport,
    /// Where it stands.
    pub status: SessionStatus,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// The user message it answers.
    pub input_message_id: MessageId,
    /// The last assistant message.
    pub final_message_id: Option<MessageId>,
    /// Usage and duration, once ended.
    pub run_summary: Option<RunSummary>,
    /// What went wrong, when it failed.
    pub error: Option<MessageError>,
    /// When it started.
    pub created_at: UnixMillis,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
}

/// The live view of a session that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveStatus {
    /// A model or a tool works.
    Executing,
    /// Parked on a person's answer.
    WaitingApproval,
}

/// What a busy conversation says of its active session (NB-50).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveSession {
    /// The session.
    pub session_id: SessionId,
    /// Where its stream is read.
    pub stream_key: String,
    /// How its caller reads it.
    pub transport: Transport,
}

impl ActiveSession {
    /// Names an active session.
    #[must_use]
    pub fn new(session_id: SessionId, transport: Transport) -> Self {
        Self {
            session_id,
            stream_key: stream_key(session_id),
            transport,
        }
    }
}

/// The public name of a session's stream.
#[must_use]
pub fn stream_key(session: SessionId) -> String {
    format!("weald:stream:{session}")
}

/// Where a session's stream stands, for cursor checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// The newest frame.
    pub head: Cursor,
    /// The terminal event, once there is one.
    pub terminal: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_session_never_runs_again() {
        assert_eq!(
            SessionStatus::Created.go(SessionStatus::Committed),
            Ok(SessionStatus::Committed)
        );
        assert_eq!(
            SessionStatus::Committed.go(SessionStatus::Archived),
            Ok(SessionStatus::Archived)
        );
        for from in [
            SessionStatus::Committed,
            SessionStatus::Failed,
            SessionStatus::Archived,
        ] {
            assert!(from.go(SessionStatus::Created).is_err());
            assert!(from.go(SessionStatus::Committed).is_err());
        }
    }
}
