//! Sessions and turns (NB-48, NB-49, NB-52, NB-53).

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use weald_domain::{
    cursor::Cursor,
    id::{ConversationId, MessageId, SessionId, UserId, WorkspaceId},
    message::MessageError,
    session::{EndReason, LiveStatus, RunSummary, SessionStatus, SessionType, Transport},
    slug::Slug,
    time::UnixMillis,
};

use crate::{message::Message, schema};

wire! {
    /// One execution of an agent in a conversation; immutable once it ended.
    Session of weald_domain::session::Session, hiding agent {
        /// Id, also of its stream.
        #[schema(value_type = Uuid)]
        id: SessionId,
        /// Where it belongs.
        #[schema(value_type = Uuid)]
        workspace_id: WorkspaceId,
        /// Who started it.
        #[schema(value_type = Uuid)]
        owner_id: UserId,
        /// The conversation.
        #[schema(value_type = Uuid)]
        conversation_id: ConversationId,
        /// The session before it on its branch.
        #[schema(value_type = Option<Uuid>)]
        parent_session_id: Option<SessionId>,
        /// The message its input hangs on.
        #[schema(value_type = Option<Uuid>)]
        parent_message_id: Option<MessageId>,
        /// What kind.
        #[schema(value_type = schema::SessionType)]
        session_type: SessionType,
        /// The preset it runs.
        #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
        preset_id: Slug,
        /// Resolved model (`provider/model`).
        model_id: String,
        /// Projects it may work in, the first is its cwd.
        #[schema(value_type = Vec<String>)]
        project_ids: Vec<Slug>,
        /// How the caller reads it.
        #[schema(value_type = schema::Transport)]
        transport: Transport,
        /// Where it stands.
        #[schema(value_type = schema::SessionStatus)]
        status: SessionStatus,
        /// Why it ended.
        #[schema(value_type = Option<schema::EndReason>)]
        end_reason: Option<EndReason>,
        /// The user message it answers.
        #[schema(value_type = Uuid)]
        input_message_id: MessageId,
        /// The last assistant message.
        #[schema(value_type = Option<Uuid>)]
        final_message_id: Option<MessageId>,
        /// Usage and duration, once ended.
        #[schema(value_type = Option<schema::RunSummary>)]
        run_summary: Option<RunSummary>,
        /// What went wrong, when it failed.
        #[schema(value_type = Option<schema::MessageError>)]
        error: Option<MessageError>,
        /// When it started.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When it ended.
        #[schema(value_type = Option<DateTime<Utc>>)]
        ended_at: Option<UnixMillis>,
    }
}

/// A session with its live view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionResponse {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// What it does, while it has not ended.
    #[schema(value_type = Option<schema::LiveStatus>)]
    pub live: Option<LiveStatus>,
    /// Its messages, when asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub display_messages: Option<Vec<Message>>,
}

/// What to answer beside the session.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SessionGetQuery {
    /// Its messages, input first.
    #[param(required = false)]
    pub display_messages: bool,
}

/// Where a session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionStatusResponse {
    /// The session.
    #[schema(value_type = Uuid)]
    pub session_id: SessionId,
    /// The conversation.
    #[schema(value_type = Uuid)]
    pub conversation_id: ConversationId,
    /// The stored status.
    #[schema(value_type = schema::SessionStatus)]
    pub status: SessionStatus,
    /// What it does, while it has not ended.
    #[schema(value_type = Option<schema::LiveStatus>)]
    pub live: Option<LiveStatus>,
    /// Why it ended.
    #[schema(value_type = Option<schema::EndReason>)]
    pub end_reason: Option<EndReason>,
    /// The newest frame of its stream, while that can be read.
    #[schema(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// Which sessions of a conversation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SessionListQuery {
    /// Of one conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub conversation_id: Option<ConversationId>,
    /// With one status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::SessionStatus>)]
    pub status: Option<SessionStatus>,
    /// Of one type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::SessionType>)]
    pub session_type: Option<SessionType>,
    /// `next` of the page before; without it the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items: 50 by default, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// One user input and all the agent answered to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// The session.
    #[schema(value_type = Uuid)]
    pub session_id: SessionId,
    /// Its status.
    #[schema(value_type = schema::SessionStatus)]
    pub status: SessionStatus,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<schema::EndReason>)]
    pub end_reason: Option<EndReason>,
    /// What the person said; null when that message is gone.
    pub input_message: Option<Message>,
    /// What the agent answered.
    pub messages: Vec<Message>,
    /// Usage and duration, once ended.
    #[schema(value_type = Option<schema::RunSummary>)]
    pub usage: Option<RunSummary>,
}

/// Which turns.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TurnListQuery {
    /// Of one type of session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::SessionType>)]
    pub session_type: Option<SessionType>,
    /// Most turns: 50 by default, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How many to pass over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}
