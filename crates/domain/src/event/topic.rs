//! Topics and the filters that subscriptions take: `*` is one level, `#` is the rest.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{ConversationId, SessionId, UserId, WorkspaceId};

/// The address of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Topic {
    /// `workspace.{id}`
    Workspace(WorkspaceId),
    /// `user.{id}`
    User(UserId),
    /// `conversation.{id}`: a topic, never a stream.
    Conversation(ConversationId),
    /// `session.{id}`
    Session(SessionId),
    /// `system`: the deployment's own stream.
    System,
}

/// The text is not a topic or a topic filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a topic")]
pub struct BadTopic(pub String);

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace(id) => write!(f, "workspace.{id}"),
            Self::User(id) => write!(f, "user.{id}"),
            Self::Conversation(id) => write!(f, "conversation.{id}"),
            Self::Session(id) => write!(f, "session.{id}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for Topic {
    type Err = BadTopic;

    fn from_str(text: &str) -> Result<Self, BadTopic> {
        let bad = || BadTopic(text.chars().take(80).collect());
        if text == "system" {
            return Ok(Self::System);
        }
        let (kind, id) = text.split_once('.').ok_or_else(bad)?;
        let id = Uuid::try_parse(id).map_err(|_| bad())?;
        match kind {
            "workspace" => Ok(Self::Workspace(id.into())),
            "user" => Ok(Self::User(id.into())),
            "conversation" => Ok(Self::Conversation(id.into())),
            "session" => Ok(Self::Session(id.into())),
            _ => Err(bad()),
        }
    }
}

impl TryFrom<String> for Topic {
    type Error = BadTopic;

    fn try_from(text: String) -> Result<Self, BadTopic> {
        text.parse()
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.to_string()
    }
}

/// What a subscription asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TopicFilter {
    /// One topic.
    One(Topic),
    /// `#`: everything the reader may see.
    All,
    /// `workspace.*`
    Workspaces,
    /// `conversation.*`
    Conversations,
    /// `session.*`
    Sessions,
}

/// What a filter is held against: the addresses an event answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// The event's own topic.
    pub topic: Topic,
    /// Its workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Its conversation.
    pub conversation_id: Option<ConversationId>,
}

impl TopicFilter {
    /// Whether a durable event answers to this filter. A session's event also matches its
    /// `workspace.{id}` and `conversation.{id}`.
    #[must_use]
    pub fn matches(self, at: &Addresses) -> bool {
        match self {
            Self::All => true,
            Self::One(Topic::Workspace(id)) => at.workspace_id == Some(id),
            Self::One(Topic::Conversation(id)) => at.conversation_id == Some(id),
            Self::One(topic @ (Topic::User(_) | Topic::Session(_) | Topic::System)) => {
                at.topic == topic
            }
            Self::Workspaces => at.workspace_id.is_some(),
            Self::Conversations => at.conversation_id.is_some(),
            Self::Sessions => matches!(at.topic, Topic::Session(_)),
        }
    }

    /// Whether deltas answer to this filter: for `session.{id}` and `conversation.{id}` only.
    #[must_use]
    pub fn matches_delta(self, session: SessionId, conversation: ConversationId) -> bool {
        self == Self::One(Topic::Session(session))
            || self == Self::One(Topic::Conversation(conversation))
    }
}

impl FromStr for TopicFilter {
    type Err = BadTopic;

    fn from_str(text: &str) -> Result<Self, BadTopic> {
        match text {
            "#" => Ok(Self::All),
            "workspace.*" | "workspace.#" => Ok(Self::Workspaces),
            "conversation.*" | "conversation.#" => Ok(Self::Conversations),
            "session.*" | "session.#" => Ok(Self::Sessions),
            topic => topic.parse().map(Self::One),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_event_also_matches_its_workspace_and_conversation() {
        let id = Uuid::from_u128;
        let at = Addresses {
            topic: Topic::Session(id(1).into()),
            workspace_id: Some(id(2).into()),
            conversation_id: Some(id(3).into()),
        };
        let matches = |filter: String| filter.parse::<TopicFilter>().expect("legal").matches(&at);
        assert!(matches(format!("workspace.{}", id(2))));
        assert!(matches(format!("conversation.{}", id(3))));
        assert!(matches("session.*".into()));
        assert!(matches("#".into()));
        assert!(!matches(format!("workspace.{}", id(9))));
        assert!(!matches("system".into()));
    }

    #[test]
    fn deltas_are_sent_for_a_session_and_a_conversation_only() {
        let (session, conversation) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        assert!(TopicFilter::One(Topic::Session(session)).matches_delta(session, conversation));
        assert!(
            TopicFilter::One(Topic::Conversation(conversation))
                .matches_delta(session, conversation)
        );
        assert!(!TopicFilter::All.matches_delta(session, conversation));
    }
}
