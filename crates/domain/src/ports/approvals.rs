//! Approvals and the grants that answers leave.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::{
    access::Access,
    approval::{Approval, ApprovalState},
    id::{ApprovalId, ConversationId, GrantId, WorkspaceId},
    permission::{Decision, Grant, Lifetime},
    time::UnixMillis,
};

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnswer {
    /// Approve or deny.
    pub decision: Decision,
    /// For how long; `Once` with a denial.
    pub lifetime: Lifetime,
    /// Why, with a denial.
    pub reason: Option<String>,
    /// Id of the grant that an approval beyond `Once` leaves, one for each need.
    pub grant_ids: Vec<GrantId>,
    /// When.
    pub at: UnixMillis,
}

/// An answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Somebody answered first, or it expired (409); the approval says who and how.
    #[error("the approval was answered before")]
    Answered(Box<Approval>),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Questions to people and their stored answers.
#[async_trait]
pub trait Approvals: Send + Sync + 'static {
    /// The approvals of the reader's workspaces, newest first.
    async fn list(
        &self,
        access: &Access,
        state: Option<ApprovalState>,
        conversation: Option<ConversationId>,
        page: PageRequest,
    ) -> Result<Page<Approval>, StoreError>;

    /// One approval.
    async fn get(&self, access: &Access, id: ApprovalId) -> Result<Option<Approval>, StoreError>;

    /// Answers it: the row, the grants, the audit entry, the inbox row of the session and its
    /// stream from `waiting` to `runnable`, in one transaction. The first answer wins. `None`
    /// when the writer cannot see it.
    async fn answer(
        &self,
        access: &Access,
        id: ApprovalId,
        answer: NewAnswer,
    ) -> Result<Option<Approval>, AnswerError>;

    /// The approvals of one session, oldest first, for its owner.
    async fn of_session(&self, session: crate::id::SessionId) -> Result<Vec<Approval>, StoreError>;

    /// The grants that may apply in a workspace, revoked ones left out; for the broker.
    async fn grants(&self, workspace: WorkspaceId) -> Result<Vec<Grant>, StoreError>;
}
