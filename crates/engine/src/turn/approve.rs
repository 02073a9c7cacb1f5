//! Asking a person: the session parks on durable approvals, bound to what exactly was asked.

use weald_domain::{
    approval::{Approval, ApprovalKind, ApprovalState, Need, Subject, binding_hash},
    audit::AuditDecision,
    event::{SessionEvent, session::ApprovalRequested},
    message::{Part, ToolState},
    permission::Lifetime,
    ports::{ToolCall, Write},
    turn_state::CallState,
};

use super::{Halt, Turn};

/// A question that must be asked before a call may run.
pub(super) struct Asked {
    pub(super) subject: Subject,
    call: CallState,
    question: String,
    hash: String,
}

/// What the approvals of a session say of a question.
pub(super) enum Settled {
    /// Nobody answered it, or nobody was asked yet.
    Open,
    /// A person allowed exactly this.
    Approved,
    /// A person refused it, or its time passed.
    Refused(String),
}

impl Asked {
    pub(super) fn new(
        call: &CallState,
        tool_call: &ToolCall,
        worker: String,
        needs: Vec<Need>,
        question: String,
    ) -> Self {
        let subject = Subject {
            worker,
            tool: tool_call.tool.clone(),
            tool_call_id: tool_call.call_id.clone(),
            args: tool_call.args.clone(),
            needs,
        };
        let hash = binding_hash(&subject);
        Self {
            subject,
            call: call.clone(),
            // It repeats arguments, which may hold what no column of text takes.
            question: question.replace('\0', "\u{fffd}"),
            hash,
        }
    }

    /// Looks for an answer to exactly this question: the same call, arguments and needs. An answer
    /// to something else does not count, so that what changed since is asked again.
    pub(super) fn settled_by(&self, approvals: &[Approval]) -> Settled {
        let same = |approval: &&Approval| {
            approval.args_hash == self.hash
                && approval.subject.tool_call_id == self.subject.tool_call_id
        };
        match approvals.iter().rev().find(same) {
            None => Settled::Open,
            Some(approval) => match approval.state {
                ApprovalState::Pending => Settled::Open,
                ApprovalState::Approved => Settled::Approved,
                ApprovalState::Denied => Settled::Refused(match &approval.reason {
                    Some(reason) => format!("a person refused this call: {reason}"),
                    None => "a person refused this call".into(),
                }),
                ApprovalState::Expired => Settled::Refused("nobody answered in time".into()),
            },
        }
    }
}

impl Turn {
    /// Asks what was not asked yet and parks; whether an answer came in the meantime.
    pub(super) async fn park(&mut self, asked: Vec<Asked>) -> Result<bool, Halt> {
        let known = self
            .engine
            .ports()
            .approvals
            .of_session(self.session.id)
            .await;
        let known = known.map_err(Halt::Storage)?;
        let mut events = Vec::new();
        let mut writes = Vec::new();
        for question in asked {
            let pending = known.iter().any(|approval| {
                approval.args_hash == question.hash
                    && approval.subject.tool_call_id == question.subject.tool_call_id
                    && approval.state == ApprovalState::Pending
            });
            if !pending {
                self.ask(question, &mut events, &mut writes);
            }
        }
        writes.push(Write::Park);
        Ok(self.commit(events, writes).await?.runnable)
    }

    fn ask(&mut self, asked: Asked, events: &mut Vec<SessionEvent>, writes: &mut Vec<Write>) {
        let at = self.now();
        let options = vec![Lifetime::Once, Lifetime::Conversation];
        let approval = Approval {
            id: self.engine.id(at),
            workspace_id: self.session.workspace_id,
            owner_id: self.session.owner_id,
            conversation_id: self.session.conversation_id,
            session_id: self.session.id,
            kind: ApprovalKind::Permission,
            subject: asked.subject.clone(),
            args_hash: asked.hash,
            question: asked.question.clone(),
            options: options.clone(),
            state: ApprovalState::Pending,
            expires_at: None,
            answered_by: None,
            answered_at: None,
            lifetime: None,
            reason: None,
            created_at: at,
        };
        events.push(
            ApprovalRequested {
                approval_id: approval.id,
                kind: approval.kind,
                subject: asked.subject.clone(),
                question: asked.question,
                options,
                expires_at: None,
            }
            .into(),
        );
        self.show_question(&asked.call, &approval);
        let call = ToolCall {
            call_id: asked.subject.tool_call_id,
            tool: asked.subject.tool,
            args: asked.subject.args,
        };
        let audit = self.audit(
            Some(asked.subject.worker),
            &call,
            AuditDecision::Asked,
            None,
        );
        writes.push(Write::Audit(audit));
        writes.push(Write::Approval(approval));
        writes.extend(self.parts_of(asked.call.message_id));
    }

    /// Shows in the call's part that a person is asked.
    fn show_question(&mut self, call: &CallState, approval: &Approval) {
        let message = self
            .messages
            .iter_mut()
            .rev()
            .find(|message| message.id == call.message_id);
        if let Some(Part::Tool(tool)) = message.and_then(|m| m.parts.get_mut(call.part as usize)) {
            let input = tool.input().cloned().unwrap_or_default();
            tool.state = ToolState::ApprovalRequested {
                input,
                approval_id: approval.id.to_string(),
            };
        }
    }
}
