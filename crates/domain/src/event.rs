//! Events: the envelope (spec 5.1), one enum per area, and what is journaled of each.

pub mod edit;
pub mod session;
pub mod topic;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use edit::EditEvent;
pub use session::SessionEvent;
pub use topic::{Topic, TopicFilter};

use crate::{
    cursor::Cursor,
    id::{ConversationId, SessionId, StreamId, WorkspaceId},
    time::UnixMillis,
};

/// Newest event format this build writes and reads; a stream of a newer one is never claimed.
pub const EVENT_FORMAT: u32 = 1;

/// One record of the journal or the bus, as every reader sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// `<seq>-<k>`, strictly growing within a stream; the SSE id of a session's stream.
    pub event_id: Cursor,
    /// Durable sequence number of the stream, gapless from 1.
    pub seq: u64,
    /// Position in the feed; durable events only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pos: Option<u64>,
    /// Its address.
    pub topic: Topic,
    /// One of spec 5.2–5.6.
    pub event_type: String,
    /// Version of its payload.
    pub version: u32,
    /// When it happened.
    pub timestamp: UnixMillis,
    /// Workspace it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workspace_id: Option<WorkspaceId>,
    /// Conversation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub conversation_id: Option<ConversationId>,
    /// Session it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_id: Option<SessionId>,
    /// Preset slug of the agent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub agent_id: Option<String>,
    /// By type; kept raw so that an unknown kind is passed on as it came. `null` once erased.
    pub payload: Box<RawValue>,
}

impl Envelope {
    /// Whether the SSE response closes after this event.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self.event_type.as_str(), "run_completed" | "run_failed")
    }

    /// The session event in it, `Unknown` for a kind this build does not know.
    #[must_use]
    pub fn session_event(&self) -> SessionEvent {
        SessionEvent::decode(&self.event_type, &self.payload)
    }
}

impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        (
            self.event_id,
            self.pos,
            &self.topic,
            &self.event_type,
            self.version,
            self.timestamp,
        ) == (
            other.event_id,
            other.pos,
            &other.topic,
            &other.event_type,
            other.version,
            other.timestamp,
        ) && self.payload.get() == other.payload.get()
    }
}

/// A durable event before it has its sequence number and position.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Event type.
    pub event_type: String,
    /// Version of the payload.
    pub version: u32,
    /// The payload as JSON.
    pub payload: Box<RawValue>,
    /// The step it belongs to, such as `t1/m1`.
    pub step_key: Option<String>,
}

impl NewEvent {
    /// An event of a session.
    ///
    /// # Errors
    /// A payload that JSON cannot hold (a non-finite number).
    pub fn session(event: &SessionEvent) -> Result<Self, serde_json::Error> {
        let (event_type, payload) = event.encode()?;
        Ok(Self {
            event_type,
            version: 1,
            payload,
            step_key: None,
        })
    }

    /// An edit of what people edit.
    ///
    /// # Errors
    /// A payload that JSON cannot hold.
    pub fn edit(event: &EditEvent) -> Result<Self, serde_json::Error> {
        Ok(Self {
            event_type: event.event_type(),
            version: 1,
            payload: serde_json::value::to_raw_value(event)?,
            step_key: None,
        })
    }
}

/// Who and what a stream belongs to; stamped on each of its envelopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOrigin {
    /// The stream.
    pub stream_id: StreamId,
    /// Its topic.
    pub topic: Topic,
    /// Its workspace; none for the deployment's own stream.
    pub workspace_id: Option<WorkspaceId>,
    /// Its conversation.
    pub conversation_id: Option<ConversationId>,
    /// Its session.
    pub session_id: Option<SessionId>,
    /// Preset slug.
    pub agent_id: Option<String>,
}
