//! Assets: stored files with what is known about them (MY-29).

use serde::{Deserialize, Serialize};

use crate::{
    id::{AssetId, ConversationId, MessageId, UserId, WorkspaceId},
    time::UnixMillis,
};

/// What an asset is to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// A text or office document.
    Document,
    /// What a session made, the whole output of a tool among it.
    Artifact,
    /// Anything else.
    Other,
}

/// A stored file; its bytes are a blob of the name [`Asset::blob`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Id of the row.
    pub id: AssetId,
    /// Whose members may read it.
    pub workspace_id: WorkspaceId,
    /// Who made it, or for whom it was made.
    pub owner_id: UserId,
    /// The conversation that it goes with when that is deleted.
    pub conversation_id: Option<ConversationId>,
    /// The message it belongs to.
    pub message_id: Option<MessageId>,
    /// What it is to people.
    pub kind: AssetKind,
    /// Media type of the bytes.
    pub mime_type: String,
    /// Path below the assets folder of the workspace.
    pub relative_path: String,
    /// Number of bytes.
    pub size_bytes: u64,
    /// Hash of the bytes, in hexadecimal.
    pub sha256: String,
    /// When it was made.
    pub created_at: UnixMillis,
}

impl Asset {
    /// The name of its bytes among the blobs.
    #[must_use]
    pub fn blob(&self) -> String {
        format!(
            "workspaces/{}/assets/{}",
            self.workspace_id, self.relative_path
        )
    }
}
