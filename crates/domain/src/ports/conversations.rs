//! Conversations, their messages and folders. Reads and edits take the reader's [`Access`].

use async_trait::async_trait;
use serde_json::Value;

use super::{Page, PageRequest, StoreError};
use crate::{
    access::Access,
    conversation::{
        BranchItem, Conversation, ConversationEntry, ConversationPatch, ConversationStatus, Folder,
        FolderPatch,
    },
    id::{ConversationId, FolderId, MessageId, WorkspaceId},
    message::Message,
    session::ActiveSession,
    time::UnixMillis,
};

/// Which conversations of the reader's workspaces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConversationFilter {
    /// Of one workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// In one folder.
    pub folder_id: Option<FolderId>,
    /// With one status.
    pub status: Option<ConversationStatus>,
    /// Whose metadata contains this (NB-80).
    pub metadata: Option<Value>,
}

/// A row was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// A session is active in it (409 `conversation_busy`).
    #[error("a session is active in it")]
    Busy(ActiveSession),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Conversations and their messages.
#[async_trait]
pub trait Conversations: Send + Sync + 'static {
    /// Last activity first.
    async fn list(
        &self,
        access: &Access,
        filter: &ConversationFilter,
        page: PageRequest,
    ) -> Result<Page<ConversationEntry>, StoreError>;

    /// One conversation.
    async fn get(
        &self,
        access: &Access,
        id: ConversationId,
    ) -> Result<Option<ConversationEntry>, StoreError>;

    /// Changes it, with its event; `None` when the writer may not.
    async fn update(
        &self,
        access: &Access,
        id: ConversationId,
        patch: ConversationPatch,
        at: UnixMillis,
    ) -> Result<Option<Conversation>, StoreError>;

    /// Deletes it with its messages and sessions; event payloads are erased, skeletons stay.
    /// `false` when the writer may not.
    async fn delete(
        &self,
        access: &Access,
        id: ConversationId,
        at: UnixMillis,
    ) -> Result<bool, DeleteError>;

    /// The path root → `leaf` (default: the selected leaf) with siblings (MY-37); `None` when the
    /// reader cannot see the conversation or the leaf is not in it.
    async fn branch(
        &self,
        access: &Access,
        id: ConversationId,
        leaf: Option<MessageId>,
    ) -> Result<Option<Vec<BranchItem>>, StoreError>;

    /// One message.
    async fn message(&self, access: &Access, id: MessageId) -> Result<Option<Message>, StoreError>;

    /// The messages root → `leaf`, oldest first, for the session that works on them.
    async fn context(&self, leaf: MessageId) -> Result<Vec<Message>, StoreError>;
}

/// Nested groups of conversations.
#[async_trait]
pub trait Folders: Send + Sync + 'static {
    /// Stores a new folder, with its event. `false` when the writer may not or the parent is not
    /// in the same workspace.
    async fn create(&self, access: &Access, folder: Folder) -> Result<bool, StoreError>;
    /// All folders of a workspace, by position.
    async fn list(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        page: PageRequest,
    ) -> Result<Page<Folder>, StoreError>;
    /// One folder.
    async fn get(&self, access: &Access, id: FolderId) -> Result<Option<Folder>, StoreError>;
    /// Changes it; `None` when the writer may not, or it would become its own ancestor.
    async fn update(
        &self,
        access: &Access,
        id: FolderId,
        patch: FolderPatch,
        at: UnixMillis,
    ) -> Result<Option<Folder>, StoreError>;
    /// Deletes it; what it holds moves to its parent. `false` when the writer may not.
    async fn delete(
        &self,
        access: &Access,
        id: FolderId,
        at: UnixMillis,
    ) -> Result<bool, StoreError>;
}
