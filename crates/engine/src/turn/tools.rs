//! The calls of a message: each is checked by the broker, run, asked about, or refused.

use serde_json::Value;
use tokio::time::Instant;
use weald_domain::{
    approval::{Approval, Need, canonical},
    audit::{AuditDecision, NewAudit},
    id::GrantId,
    message::{Outcome, Part},
    ports::{Check, StepStatus, ToolAnswer, ToolCall, ToolError, Write},
    tool::EffectClass,
    turn_state::CallState,
};

use super::{
    Halt, Stopped, Turn,
    approve::{Asked, Settled},
    tool_output::Ended,
};

impl Turn {
    /// Brings every open call to its end, or parks when a person must be asked.
    pub(super) async fn call_tools(&mut self) -> Result<(), Halt> {
        let approvals = self
            .engine
            .ports()
            .approvals
            .of_session(self.session.id)
            .await;
        let approvals = approvals.map_err(Halt::Storage)?;
        let mut asked = Vec::new();
        let open: Vec<CallState> = self.state.open_calls().cloned().collect();
        for call in open {
            let args = self.args_of(&call);
            if self.is_outcome_unknown(&call.call_id) {
                let text = "outcome unknown after a crash: check first what it did";
                let step = Write::StepEnd {
                    key: Self::call_step(&call.call_id),
                    status: StepStatus::Unknown,
                };
                self.end(&call, Ended::text(Outcome::Unknown, text), None, vec![step])
                    .await?;
                continue;
            }
            if let Some(question) = self.bring_to_end(&call, args, &approvals).await? {
                asked.push(question);
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let runnable = self.park(asked).await?;
        Err(Halt::Stopped(Stopped::Parked { runnable }))
    }

    /// One call: to its end, or to the question that must be asked first.
    async fn bring_to_end(
        &mut self,
        call: &CallState,
        args: Value,
        approvals: &[Approval],
    ) -> Result<Option<Asked>, Halt> {
        let tool_call = ToolCall {
            call_id: call.call_id.clone(),
            tool: call.tool.clone(),
            args,
        };
        let check = self
            .engine
            .ports()
            .tools
            .check(&self.context, &tool_call)
            .await;
        match check {
            Err(error) => {
                let ended = Ended::text(Outcome::Error, error.message);
                self.end(call, ended, None, Vec::new()).await?;
            }
            Ok(Check::Deny {
                worker,
                reason,
                code,
            }) => {
                let outcome = match code.as_str() {
                    "unknown_tool" | "bad_arguments" => Outcome::Error,
                    _ => Outcome::Denied,
                };
                let audit = self.audit(worker, &tool_call, AuditDecision::Denied, None);
                let ended = Ended::text(outcome, reason);
                self.end(call, ended, Some(audit), Vec::new()).await?;
            }
            Ok(Check::Allow { worker, grants }) => {
                self.run(call, &tool_call, worker, &[], grants).await?;
            }
            Ok(Check::Ask {
                worker,
                needs,
                question,
            }) => {
                let asked = Asked::new(call, &tool_call, worker, needs, question);
                match asked.settled_by(approvals) {
                    Settled::Open => return Ok(Some(asked)),
                    Settled::Approved => {
                        let subject = asked.subject;
                        self.run(call, &tool_call, subject.worker, &subject.needs, Vec::new())
                            .await?;
                    }
                    Settled::Refused(reason) => {
                        let audit = self.audit(
                            Some(asked.subject.worker),
                            &tool_call,
                            AuditDecision::Denied,
                            None,
                        );
                        let ended = Ended::text(Outcome::Denied, reason);
                        self.end(call, ended, Some(audit), Vec::new()).await?;
                    }
                }
            }
        }
        Ok(None)
    }

    async fn run(
        &mut self,
        call: &CallState,
        tool_call: &ToolCall,
        worker: String,
        approved: &[Need],
        grants: Vec<GrantId>,
    ) -> Result<(), Halt> {
        let audit = self.audit(
            Some(worker),
            tool_call,
            AuditDecision::Allowed,
            grants.first().copied(),
        );
        let key = Self::call_step(&call.call_id);
        let mut audit = Some(audit);
        if call.effect != EffectClass::Pure {
            let input_hash = hash(&tool_call.args);
            let intent = Write::StepIntent {
                key: key.clone(),
                effect: call.effect,
                input_hash,
            };
            self.commit(
                Vec::new(),
                [intent]
                    .into_iter()
                    .chain(audit.take().map(Write::Audit))
                    .collect(),
            )
            .await?;
        }
        let started = Instant::now();
        let answer = self.answer_of(tool_call, approved).await?;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let ended = match answer {
            Ok(answer) => {
                let ended = self.ended_with(call, answer, duration_ms).await;
                ended.map_err(Halt::Storage)?
            }
            Err(error) => Ended {
                duration_ms,
                ..Ended::text(Outcome::Error, error.message)
            },
        };
        let status = if ended.outcome == Outcome::Ok {
            StepStatus::Done
        } else {
            StepStatus::Failed
        };
        let step = (call.effect != EffectClass::Pure).then_some(Write::StepEnd { key, status });
        self.end(call, ended, audit, step.into_iter().collect())
            .await
    }

    /// Runs a call; a nudge is heeded at once, which cancels it when it stops the turn.
    async fn answer_of(
        &mut self,
        call: &ToolCall,
        approved: &[Need],
    ) -> Result<Result<ToolAnswer, ToolError>, Halt> {
        let tools = self.engine.ports().tools.clone();
        let context = self.context.clone();
        let running = tools.call(&context, call, approved);
        tokio::pin!(running);
        loop {
            tokio::select! {
                biased;
                nudge = self.control.nudge() => self.heed(nudge).await?,
                answer = &mut running => return Ok(answer),
            }
        }
    }

    /// Journals how a call ended, with its part and what the broker decided.
    async fn end(
        &mut self,
        call: &CallState,
        ended: Ended,
        audit: Option<NewAudit>,
        mut writes: Vec<Write>,
    ) -> Result<(), Halt> {
        writes.extend(ended.whole.clone().map(Write::Asset));
        let events = self.end_call(call, ended);
        writes.extend(self.parts_of(call.message_id));
        writes.extend(audit.map(Write::Audit));
        self.commit(events.into(), writes).await.map(drop)
    }

    /// The parsed arguments of a call, from its part.
    pub(super) fn args_of(&self, call: &CallState) -> Value {
        let message = self
            .messages
            .iter()
            .rev()
            .find(|message| message.id == call.message_id);
        match message.and_then(|message| message.parts.get(call.part as usize)) {
            Some(Part::Tool(tool)) => tool.input().cloned().unwrap_or_default(),
            Some(Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_)) | None => Value::Null,
        }
    }

    pub(super) fn audit(
        &self,
        worker: Option<String>,
        call: &ToolCall,
        decision: AuditDecision,
        grant_id: Option<GrantId>,
    ) -> NewAudit {
        NewAudit {
            workspace_id: Some(self.session.workspace_id),
            user_id: Some(self.session.owner_id),
            session_id: Some(self.session.id),
            extension: worker,
            action: "tool.call".into(),
            resource: call.tool.clone(),
            decision,
            grant_id,
            payload_hash: Some(hash(&call.args)),
            at: self.now(),
        }
    }
}

fn hash(args: &Value) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(canonical(args).as_bytes()))
}
