//! Answering an approval: the first answer wins, and the parked session goes on (WK-013).

use weald_domain::{
    access::Access,
    approval::Approval,
    id::ApprovalId,
    permission::{Decision, Lifetime},
    ports::{AnswerError, NewAnswer},
};

use crate::{AnswerApprovalError, Engine};

impl Engine {
    /// Answers an approval and wakes its session. `lifetime` belongs to an approval, default once.
    ///
    /// # Errors
    /// See [`AnswerApprovalError`].
    pub async fn answer(
        &self,
        access: &Access,
        id: ApprovalId,
        decision: Decision,
        lifetime: Option<Lifetime>,
        reason: Option<String>,
    ) -> Result<Approval, AnswerApprovalError> {
        let approvals = &self.ports().approvals;
        let Some(approval) = approvals.get(access, id).await? else {
            return Err(AnswerApprovalError::NotFound);
        };
        let lifetime = lifetime.unwrap_or_default();
        let offered = lifetime == Lifetime::Once || approval.options.contains(&lifetime);
        if decision == Decision::Allow && !offered {
            return Err(AnswerApprovalError::Lifetime);
        }
        let at = self.now();
        let answer = NewAnswer {
            decision,
            lifetime,
            reason,
            grant_ids: approval.subject.needs.iter().map(|_| self.id(at)).collect(),
            at,
        };
        let answered = approvals
            .answer(access, id, answer)
            .await
            .map_err(|error| match error {
                AnswerError::Answered(approval) => AnswerApprovalError::Answered(approval),
                AnswerError::Store(error) => AnswerApprovalError::Store(error),
            })?;
        let answered = answered.ok_or(AnswerApprovalError::NotFound)?;
        self.wake(answered.session_id).await;
        Ok(answered)
    }
}
