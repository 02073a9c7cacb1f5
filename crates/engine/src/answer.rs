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
        match approvals.answer(access, id, answer).await {
            Ok(Some(answered)) => {
                self.wake(answered.session_id).await;
                Ok(answered)
            }
            Ok(None) => Err(AnswerApprovalError::NotFound),
            Err(AnswerError::Answered(first)) => {
                // The claim for the first answer may have met this one, which held the row; and an
                // approval that has expired wakes its session too.
                self.wake(first.session_id).await;
                Err(AnswerApprovalError::Answered(first))
            }
            Err(AnswerError::Store(error)) => Err(AnswerApprovalError::Store(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;
    use weald_domain::{
        access::DeploymentRole,
        approval::{ApprovalKind, ApprovalState, Subject},
        time::UnixMillis,
    };

    use super::*;
    use crate::{
        EngineConfig,
        fake::{Fake, session},
    };

    fn answered() -> Approval {
        let session = session();
        Approval {
            id: uuid::Uuid::from_u128(5).into(),
            workspace_id: session.workspace_id,
            owner_id: session.owner_id,
            conversation_id: session.conversation_id,
            session_id: session.id,
            kind: ApprovalKind::Permission,
            subject: Subject {
                worker: String::new(),
                tool: String::new(),
                tool_call_id: String::new(),
                args: Value::Null,
                needs: Vec::new(),
            },
            args_hash: String::new(),
            question: String::new(),
            options: Vec::new(),
            state: ApprovalState::Approved,
            expires_at: None,
            answered_by: None,
            answered_at: None,
            lifetime: None,
            reason: None,
            created_at: UnixMillis(0),
        }
    }

    #[tokio::test]
    async fn a_second_answer_wakes_the_session_as_the_first_did() {
        let fake = Fake::new();
        fake.claims.add_permits(1);
        fake.held().answered = Some(answered());
        let engine = fake.engine(EngineConfig::default());
        let access = Access {
            user_id: session().owner_id,
            role: DeploymentRole::Member,
            workspaces: BTreeMap::new(),
        };
        let second = engine
            .answer(&access, answered().id, Decision::Deny, None, None)
            .await;
        let refused = matches!(second, Err(AnswerApprovalError::Answered(_)));
        assert!(refused, "{second:?}");
        assert_eq!(fake.claims.available_permits(), 0, "it was claimed");
    }
}
