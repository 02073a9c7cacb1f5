//! Approvals and grants. The first answer wins, in one transaction with all that follows from it.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    approval::{Approval, ApprovalState},
    audit::{AuditDecision, NewAudit},
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::{ApprovalId, ConversationId, GrantId, InboxId, SessionId, WorkspaceId},
    permission::{Decision, Grant, Lifetime},
    ports::{
        AnswerError, Approvals, InboxKind, InboxRow, NewAnswer, Page, PageRequest, StoreError,
    },
    time::UnixMillis,
};

use super::{
    Read, Row, Sql, audit,
    column::{self, to_json, to_name},
    edits, inbox,
    lock::Lock,
    page,
    sessions::readable,
    sql,
    tx::Tx,
};
use crate::{fail_points, store::Store};

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, owner_id, conversation_id, session_id, kind, subject,
                args_hash, question, options, state, expires_at, answered_by, answered_at,
                lifetime, reason, created_at
             FROM approval ",
            $rest
        )
    };
}

const LIST: &str = columns!(
    "WHERE workspace_id IN (SELECT value FROM json_each(?1))
        AND (?2 IS NULL OR state = ?2)
        AND (?3 IS NULL OR conversation_id = ?3)
        AND (?4 IS NULL OR id < ?4)
     ORDER BY id DESC LIMIT ?5"
);
/// The inbox, which its own index answers: the state is written out for it.
const LIST_PENDING: &str = columns!(
    "WHERE workspace_id IN (SELECT value FROM json_each(?1))
        AND state = 'pending' AND ?2 = 'pending'
        AND (?3 IS NULL OR conversation_id = ?3)
        AND (?4 IS NULL OR id < ?4)
     ORDER BY id DESC LIMIT ?5"
);

impl Read for Approval {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            conversation_id: column::id(row, "conversation_id")?,
            session_id: column::id(row, "session_id")?,
            kind: column::named(row, "kind")?,
            subject: column::json(row, "subject")?,
            args_hash: column::text(row, "args_hash")?,
            question: column::text(row, "question")?,
            options: column::json(row, "options")?,
            state: column::named(row, "state")?,
            expires_at: column::opt_millis(row, "expires_at")?,
            answered_by: column::opt_id(row, "answered_by")?,
            answered_at: column::opt_millis(row, "answered_at")?,
            lifetime: column::opt_named(row, "lifetime")?,
            reason: column::opt_text(row, "reason")?,
            created_at: column::millis(row, "created_at")?,
        })
    }
}

impl Read for Grant {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            worker: column::text(row, "worker")?,
            permission: column::named(row, "permission")?,
            scope: column::json(row, "scope")?,
            decision: column::named(row, "decision")?,
            lifetime: column::named(row, "lifetime")?,
            conversation_id: column::opt_id(row, "conversation_id")?,
            granted_at: column::millis(row, "granted_at")?,
            revoked_at: column::opt_millis(row, "revoked_at")?,
        })
    }
}

/// Inserts a question.
pub(crate) async fn insert(tx: &mut Tx, approval: &Approval) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO approval (id, workspace_id, owner_id, conversation_id, session_id, kind,
                subject, args_hash, question, options, state, expires_at, answered_by,
                answered_at, lifetime, reason, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(approval.id)
        .bind(approval.workspace_id)
        .bind(approval.owner_id)
        .bind(approval.conversation_id)
        .bind(approval.session_id)
        .bind(to_name(&approval.kind)?)
        .bind(to_json(&approval.subject)?)
        .bind(approval.args_hash.clone())
        .bind(approval.question.clone())
        .bind(to_json(&approval.options)?)
        .bind(to_name(&approval.state)?)
        .bind(approval.expires_at.map(|at| at.0))
        .bind(approval.answered_by)
        .bind(approval.answered_at.map(|at| at.0))
        .bind(approval.lifetime.as_ref().map(to_name).transpose()?)
        .bind(approval.reason.clone())
        .bind(approval.created_at.0),
    )
    .await?;
    Ok(())
}

/// All pending questions of a session expire.
pub(crate) async fn expire_of(
    tx: &mut Tx,
    session: SessionId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    tx.execute(
        sql("UPDATE approval SET state = 'expired', answered_at = ?
             WHERE session_id = ? AND state = 'pending'")
        .bind(at.0)
        .bind(session),
    )
    .await?;
    Ok(())
}

async fn insert_grant(tx: &mut Tx, grant: &Grant) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO \"grant\" (id, workspace_id, owner_id, worker, permission, scope, decision,
                lifetime, conversation_id, granted_at, revoked_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(grant.id)
        .bind(grant.workspace_id)
        .bind(grant.owner_id)
        .bind(grant.worker.clone())
        .bind(to_name(&grant.permission)?)
        .bind(to_json(&grant.scope)?)
        .bind(to_name(&grant.decision)?)
        .bind(to_name(&grant.lifetime)?)
        .bind(grant.conversation_id)
        .bind(grant.granted_at.0)
        .bind(grant.revoked_at.map(|at| at.0)),
    )
    .await?;
    let event = EditEvent {
        thing: Thing::Grant,
        change: Change::Created,
        id: grant.id.to_string(),
        fields: Vec::new(),
        by: Some(grant.owner_id),
    };
    let home = edits::Home::Workspace(grant.workspace_id);
    edits::append(tx, home, event, grant.granted_at).await
}

/// What an answer came to: taken, or somebody was first.
enum Taken {
    Now(Approval),
    Before(Approval),
    Unseen,
}

async fn answer(
    tx: &mut Tx,
    access: &Access,
    id: ApprovalId,
    answer: NewAnswer,
    inbox_id: InboxId,
) -> Result<Taken, StoreError> {
    tx.lock(Lock::WorkspaceOfApproval(id)).await?;
    tx.lock(Lock::SessionOfApproval(id)).await?;
    let row: Option<Approval> = tx.one(sql(columns!("WHERE id = ?")).bind(id)).await?;
    let Some(mut approval) = row.filter(|a| access.may_write(a.workspace_id)) else {
        return Ok(Taken::Unseen);
    };
    if approval.state != ApprovalState::Pending {
        return Ok(Taken::Before(approval));
    }
    approval.answered_at = Some(answer.at);
    let late = approval.expires_at.is_some_and(|end| end <= answer.at);
    if late {
        approval.state = ApprovalState::Expired;
    } else {
        approval.answered_by = Some(access.user_id);
        match answer.decision {
            Decision::Allow => {
                approval.state = ApprovalState::Approved;
                approval.lifetime = Some(answer.lifetime);
            }
            Decision::Deny => {
                approval.state = ApprovalState::Denied;
                approval.reason = answer.reason.clone();
            }
        }
    }
    store_answer(tx, &approval).await?;
    let grant_id = if approval.state == ApprovalState::Approved {
        leave_grants(tx, access, &approval, &answer).await?
    } else {
        None
    };
    audit::append(tx, audited(access, &approval, grant_id, answer.at));
    let row = InboxRow {
        id: inbox_id,
        kind: InboxKind::ApprovalAnswered { approval_id: id },
    };
    inbox::post(tx, approval.session_id, row, answer.at).await?;
    if late {
        Ok(Taken::Before(approval))
    } else {
        Ok(Taken::Now(approval))
    }
}

async fn store_answer(tx: &mut Tx, approval: &Approval) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE approval SET state = ?, answered_by = ?, answered_at = ?, lifetime = ?,
                reason = ?
             WHERE id = ? AND state = 'pending'",
        )
        .bind(to_name(&approval.state)?)
        .bind(approval.answered_by)
        .bind(approval.answered_at.map(|at| at.0))
        .bind(approval.lifetime.as_ref().map(to_name).transpose()?)
        .bind(approval.reason.clone())
        .bind(approval.id),
    )
    .await?;
    Ok(())
}

/// The grants of an answer beyond `once`, one for each need; the first one's id.
async fn leave_grants(
    tx: &mut Tx,
    access: &Access,
    approval: &Approval,
    answer: &NewAnswer,
) -> Result<Option<GrantId>, StoreError> {
    if answer.lifetime == Lifetime::Once {
        return Ok(None);
    }
    for (need, id) in approval.subject.needs.iter().zip(&answer.grant_ids) {
        let grant = Grant {
            id: *id,
            workspace_id: approval.workspace_id,
            owner_id: access.user_id,
            worker: approval.subject.worker.clone(),
            permission: need.permission,
            scope: need.scope.clone(),
            decision: Decision::Allow,
            lifetime: answer.lifetime,
            conversation_id: (answer.lifetime == Lifetime::Conversation)
                .then_some(approval.conversation_id),
            granted_at: answer.at,
            revoked_at: None,
        };
        insert_grant(tx, &grant).await?;
    }
    Ok(answer.grant_ids.first().copied())
}

fn audited(
    access: &Access,
    approval: &Approval,
    grant_id: Option<GrantId>,
    at: UnixMillis,
) -> NewAudit {
    NewAudit {
        workspace_id: Some(approval.workspace_id),
        user_id: Some(access.user_id),
        session_id: Some(approval.session_id),
        extension: Some(approval.subject.worker.clone()),
        action: "approval.answer".into(),
        resource: format!("{} {}", approval.subject.tool, approval.id),
        decision: if approval.state == ApprovalState::Approved {
            AuditDecision::Allowed
        } else {
            AuditDecision::Denied
        },
        grant_id,
        payload_hash: Some(approval.args_hash.clone()),
        at,
    }
}

#[async_trait]
impl Approvals for Store {
    async fn list(
        &self,
        access: &Access,
        state: Option<ApprovalState>,
        conversation: Option<ConversationId>,
        request: PageRequest,
    ) -> Result<Page<Approval>, StoreError> {
        let after: Option<ApprovalId> = page::after(&request)?;
        let text = if state == Some(ApprovalState::Pending) {
            LIST_PENDING
        } else {
            LIST
        };
        let approvals = self
            .reader()
            .await?
            .all(
                sql(text)
                    .bind(readable(access))
                    .bind(state.as_ref().map(to_name).transpose()?)
                    .bind(conversation)
                    .bind(after)
                    .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(approvals, &request, |a: &Approval| a.id))
    }

    async fn get(&self, access: &Access, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let row: Option<Approval> = self
            .reader()
            .await?
            .one(sql(columns!("WHERE id = ?")).bind(id))
            .await?;
        Ok(row.filter(|a| access.may_read(a.workspace_id)))
    }

    async fn answer(
        &self,
        access: &Access,
        id: ApprovalId,
        new: NewAnswer,
    ) -> Result<Option<Approval>, AnswerError> {
        let access = access.clone();
        let inbox_id = InboxId(self.0.ids.uuid(new.at));
        let taken = self
            .0
            .writer
            .write(fail_points::ANSWER, move |tx| {
                Box::pin(async move { answer(tx, &access, id, new, inbox_id).await })
            })
            .await?;
        match taken {
            Taken::Now(approval) => Ok(Some(approval)),
            Taken::Before(approval) => Err(AnswerError::Answered(Box::new(approval))),
            Taken::Unseen => Ok(None),
        }
    }

    async fn of_session(&self, session: SessionId) -> Result<Vec<Approval>, StoreError> {
        self.reader()
            .await?
            .all(sql(columns!("WHERE session_id = ? ORDER BY id")).bind(session))
            .await
    }

    async fn grants(&self, workspace: WorkspaceId) -> Result<Vec<Grant>, StoreError> {
        self.reader()
            .await?
            .all(
                sql(
                    "SELECT id, workspace_id, owner_id, worker, permission, scope, decision,
                        lifetime, conversation_id, granted_at, revoked_at
                     FROM \"grant\"
                     WHERE revoked_at IS NULL AND (workspace_id = ?1
                        OR (lifetime = 'always' AND owner_id =
                            (SELECT owner_id FROM workspace WHERE id = ?1)))
                     ORDER BY id",
                )
                .bind(workspace),
            )
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::migrate::plan;

    #[tokio::test]
    async fn what_is_pending_is_found_by_its_index() {
        let steps = plan(LIST_PENDING).await;
        assert!(
            steps.contains("USING INDEX approval_pending (workspace_id=?"),
            "{steps}"
        );
    }
}
