//! Approvals (WK-013).

use weald_domain::id::ApprovalId;

use super::{Client, ClientError};
use crate::{
    Page,
    approval::{Approval, ApprovalAnswerRequest, ApprovalListQuery},
};

impl Client {
    /// Approvals, newest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn approvals(
        &self,
        query: &ApprovalListQuery,
    ) -> Result<Page<Approval>, ClientError> {
        self.get("/api/approvals/list", query).await
    }

    /// One approval.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn approval(&self, id: ApprovalId) -> Result<Approval, ClientError> {
        self.get(&format!("/api/approvals/{id}/get"), &()).await
    }

    /// Answers an approval; the first answer wins.
    ///
    /// # Errors
    /// See [`ClientError`]; `approval_answered` tells who was faster.
    pub async fn answer_approval(
        &self,
        id: ApprovalId,
        request: &ApprovalAnswerRequest,
    ) -> Result<Approval, ClientError> {
        self.post(&format!("/api/approvals/{id}/answer"), request)
            .await
    }
}
