//! Typed ids: UUIDv7 in lower case with hyphens, so that they sort by time (MY-05).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::UnixMillis;

/// The text is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id (a UUID was expected)")]
pub struct BadId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id as the UUID it is.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId(text.chars().take(64).collect()))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A person who uses this deployment.
    UserId,
    /// What people switch between and share.
    WorkspaceId,
    /// A nested group of conversations.
    FolderId,
    /// A tree of messages plus its sessions.
    ConversationId,
    /// A node of a conversation's tree.
    MessageId,
    /// One execution of an agent in a conversation; also the id of its stream.
    SessionId,
    /// A stream of the journal: a session's, or a topic stream (workspace or deployment).
    StreamId,
    /// A stored file.
    AssetId,
    /// A question to a person.
    ApprovalId,
    /// A stored answer for a permission.
    GrantId,
    /// An authenticated web visit of a user.
    LoginId,
    /// A row of the model table.
    ModelRowId,
    /// One row of a stream's inbox.
    InboxId,
    /// One process of Weald that owns streams.
    NodeId,
}

impl From<SessionId> for StreamId {
    fn from(id: SessionId) -> Self {
        Self(id.0)
    }
}

impl From<WorkspaceId> for StreamId {
    fn from(id: WorkspaceId) -> Self {
        Self(id.0)
    }
}

/// The topic stream of the deployment itself.
pub const DEPLOYMENT_STREAM: StreamId = StreamId(Uuid::nil());

/// Builds a UUIDv7 from a time and ten random bytes, without a clock or a random source.
#[must_use]
pub fn uuid_v7(at: UnixMillis, random: &[u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(at.0).unwrap_or(0), random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let early = uuid_v7(UnixMillis(1_000), &[0xff; 10]);
        let late = uuid_v7(UnixMillis(1_001), &[0; 10]);
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.get_version_num(), 7);
    }

    #[test]
    fn a_text_that_is_no_uuid_is_refused() {
        assert_eq!("nope".parse::<UserId>(), Err(BadId("nope".into())));
    }
}
