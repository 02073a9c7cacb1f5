//! The rows that a job locks before it decides by what it reads, always in the order of [`Rank`].
//!
//! Every edit, and every begin of a session, locks the topic stream of its workspace (or of the
//! deployment) first: there, they happen one after the other, as everything does on SQLite.
//! Appends, posts, claims and answers lock the stream of their session, and take no other.

use weald_domain::id::{
    ApprovalId, ConversationId, DEPLOYMENT_STREAM, FolderId, SessionId, WorkspaceId,
};

use super::{Statement, sql, statement::Bind};

/// A row to lock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// Edits of the deployment.
    Deployment,
    /// Edits of a workspace, and begins of sessions in it.
    Workspace(WorkspaceId),
    /// The same, of the workspace that a conversation is in.
    WorkspaceOfConversation(ConversationId),
    /// The same, of the workspace that a folder is in.
    WorkspaceOfFolder(FolderId),
    /// The same, of the workspace that an approval is in.
    WorkspaceOfApproval(ApprovalId),
    /// The stream of a session.
    Session(SessionId),
    /// The stream of the session that waits for an approval.
    SessionOfApproval(ApprovalId),
    /// The row of a conversation, which appends of its sessions write too.
    Conversation(ConversationId),
}

/// The order of the locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Deployment,
    Workspace,
    Session,
    Conversation,
}

impl Lock {
    pub(super) fn rank(self) -> Rank {
        match self {
            Self::Deployment => Rank::Deployment,
            Self::Workspace(_)
            | Self::WorkspaceOfConversation(_)
            | Self::WorkspaceOfFolder(_)
            | Self::WorkspaceOfApproval(_) => Rank::Workspace,
            Self::Session(_) | Self::SessionOfApproval(_) => Rank::Session,
            Self::Conversation(_) => Rank::Conversation,
        }
    }

    /// How PostgreSQL locks it.
    pub(super) fn statement(self) -> Statement {
        match self {
            Self::Deployment => stream(DEPLOYMENT_STREAM),
            Self::Workspace(id) => stream(id),
            Self::Session(id) => stream(id),
            Self::WorkspaceOfConversation(id) => sql("SELECT id FROM stream
                 WHERE id = (SELECT workspace_id FROM conversation WHERE id = ?) FOR UPDATE")
            .bind(id),
            Self::WorkspaceOfFolder(id) => sql("SELECT id FROM stream
                 WHERE id = (SELECT workspace_id FROM folder WHERE id = ?) FOR UPDATE")
            .bind(id),
            Self::WorkspaceOfApproval(id) => sql("SELECT id FROM stream
                 WHERE id = (SELECT workspace_id FROM approval WHERE id = ?) FOR UPDATE")
            .bind(id),
            Self::SessionOfApproval(id) => sql("SELECT id FROM stream
                 WHERE id = (SELECT session_id FROM approval WHERE id = ?) FOR UPDATE")
            .bind(id),
            Self::Conversation(id) => {
                sql("SELECT id FROM conversation WHERE id = ? FOR UPDATE").bind(id)
            }
        }
    }
}

fn stream(id: impl Bind) -> Statement {
    sql("SELECT id FROM stream WHERE id = ? FOR UPDATE").bind(id)
}
