//! How a session ends, and what becomes of what was under way: completed, failed, interrupted,
//! handed back, or left behind by an owner that died.

use serde_json::json;
use tracing::warn;
use weald_domain::{
    cursor::Cursor,
    event::{
        Envelope, SessionEvent,
        session::{
            FailReason, InterruptReceived, RunCompleted, RunFailed, ToolCallEnd, ToolCallResult,
        },
    },
    id::{InboxId, MessageId, UserId},
    message::{CheckpointReason, FinishReason, MessageError, Outcome, Part, ToolState},
    ports::{StepStatus, StoreError, Write},
    preset::OnCrash,
    session::{EndReason, RunSummary, SessionStatus},
    tool::{EffectClass, ToolContent},
};

use super::{Halt, Stoppable, Stopped, Turn, reply::Reply, tool_output::Ended};

/// How a session ends other than by completing.
struct Ending {
    reason: FailReason,
    end_reason: EndReason,
    finish: FinishReason,
    error: MessageError,
}

impl Turn {
    /// Ends a turn whose last message ended without calls.
    pub(super) async fn complete(&mut self) -> Result<(), Halt> {
        let (event, write) = self.completion();
        self.commit(vec![event], vec![write]).await?;
        Err(Halt::Stopped(self.ended().await))
    }

    /// The terminal event of a completed turn and the write that settles the session.
    pub(super) fn completion(&self) -> (SessionEvent, Write) {
        let at = self.now();
        let last = self.messages.last();
        let run_summary = self.summary();
        let completed = RunCompleted {
            status: SessionStatus::Committed,
            end_reason: EndReason::Completed,
            message_id: last.map(|message| message.id),
            final_message: last.map(weald_domain::message::Message::text),
            run_summary: run_summary.clone(),
            finished_at: at,
        };
        let end = Write::End {
            status: SessionStatus::Committed,
            end_reason: EndReason::Completed,
            final_message_id: last.map(|message| message.id),
            run_summary,
            error: None,
            at,
        };
        (completed.into(), end)
    }

    /// After the terminal event: the live log goes after its time.
    pub(super) async fn ended(&mut self) -> Stopped {
        self.live = None;
        let at = self.now();
        self.engine.ports().live.close(self.session.id, at).await;
        Stopped::Ended
    }

    /// Ends an interrupted session: partial output is a partial commit (NB-57).
    pub(super) async fn end_interrupted(
        &mut self,
        rows: Vec<InboxId>,
        by: Option<UserId>,
        reason: Option<String>,
    ) -> Result<Stopped, Halt> {
        let ending = Ending {
            reason: FailReason::Interrupted,
            end_reason: EndReason::Interrupted,
            finish: FinishReason::Interrupted,
            error: MessageError {
                code: "interrupted".into(),
                message: "the answer was interrupted".into(),
                retryable: true,
            },
        };
        let first = InterruptReceived { by, reason }.into();
        let at = self.now();
        let extra = vec![Write::Consumed { ids: rows }, Write::ExpireApprovals { at }];
        self.end_early(ending, vec![first], extra).await
    }

    /// Ends a session that failed; the text so far is kept with the error (MY-56).
    pub(super) async fn end_failed(&mut self, error: MessageError) -> Result<Stopped, Halt> {
        let ending = Ending {
            reason: FailReason::Error,
            end_reason: EndReason::Error,
            finish: FinishReason::Error,
            error,
        };
        let at = self.now();
        self.end_early(ending, Vec::new(), vec![Write::ExpireApprovals { at }])
            .await
    }

    /// Settles what an owner that died left behind, by the preset's policy (NB-21).
    pub(super) async fn settle_orphan(&mut self) -> Result<(), Halt> {
        if self.state.ended || self.session.agent.on_crash == OnCrash::Resume {
            return Ok(());
        }
        let ending = Ending {
            reason: FailReason::Orphaned,
            end_reason: EndReason::Orphaned,
            finish: FinishReason::Interrupted,
            error: MessageError {
                code: "orphaned".into(),
                message: "Weald was stopped in the middle of the answer".into(),
                retryable: true,
            },
        };
        let at = self.now();
        let stopped = self
            .end_early(ending, Vec::new(), vec![Write::ExpireApprovals { at }])
            .await?;
        Err(Halt::Stopped(stopped))
    }

    /// Settles an answer that was cut by a crash or a stop; the turn then goes on.
    pub(super) async fn settle_left_open(&mut self, message: MessageId) -> Result<(), Halt> {
        self.read_left_open(message).await.map_err(Halt::Storage)?;
        let (mut events, mut writes) = self.close_reply(FinishReason::Interrupted, None);
        self.end_open_calls(
            Outcome::Error,
            "interrupted before it ran",
            &mut events,
            &mut writes,
        );
        self.commit(events, writes).await.map(drop)
    }

    /// Puts together an answer that was cut: storage, and what the live log has beyond it.
    async fn read_left_open(&mut self, message: MessageId) -> Result<(), StoreError> {
        let live = &self.engine.ports().live;
        let tail = live.read(self.session.id, Cursor::START).await?;
        let frames = tail
            .frames
            .iter()
            .map(|frame| Envelope::session_event(frame.envelope()));
        let Some(stored) = self.messages.iter().find(|stored| stored.id == message) else {
            return Ok(());
        };
        self.reply = Some(Reply::left_open(stored, frames));
        Ok(())
    }

    async fn end_early(
        &mut self,
        ending: Ending,
        mut events: Vec<SessionEvent>,
        extra: Vec<Write>,
    ) -> Result<Stopped, Halt> {
        if let (None, Some(message)) = (&self.reply, self.state.open_message)
            && let Err(error) = self.read_left_open(message).await
        {
            let id = self.session.id;
            warn!(session.id = %id, error = &error as &dyn std::error::Error,
                "session {id} ends without what its live log may hold beyond its checkpoint");
        }
        let said = self.reply.as_ref().is_some_and(Reply::has_output);
        let partial = said || self.state.model_calls > 1 || !self.state.calls.is_empty();
        let error = Some(ending.error.clone()).filter(|_| ending.finish == FinishReason::Error);
        let (closed, mut writes) = self.close_reply(ending.finish, error);
        events.extend(closed);
        let outcome = if ending.reason == FailReason::Orphaned {
            Outcome::Unknown
        } else {
            Outcome::Error
        };
        self.end_open_calls(outcome, &ending.error.message, &mut events, &mut writes);
        writes.extend(extra);
        let status = if ending.reason == FailReason::Interrupted && partial {
            SessionStatus::Committed
        } else {
            SessionStatus::Failed
        };
        let message_id = self.state.last_message.filter(|_| partial);
        let run_summary = self.summary();
        events.push(
            RunFailed {
                status,
                reason: ending.reason,
                error: ending.error.clone(),
                partial,
                message_id,
                run_summary: run_summary.clone(),
            }
            .into(),
        );
        writes.push(Write::End {
            status,
            end_reason: ending.end_reason,
            final_message_id: message_id,
            run_summary,
            error: Some(ending.error),
            at: self.now(),
        });
        self.commit(events, writes).await?;
        Ok(self.ended().await)
    }

    /// Ends every call that has not ended with one and the same outcome.
    pub(super) fn end_open_calls(
        &mut self,
        outcome: Outcome,
        text: &str,
        events: &mut Vec<SessionEvent>,
        writes: &mut Vec<Write>,
    ) {
        let open: Vec<_> = self.state.open_calls().cloned().collect();
        for call in open {
            events.extend(self.end_call(&call, Ended::text(outcome, text)));
            let status = match outcome {
                Outcome::Unknown => StepStatus::Unknown,
                Outcome::Ok => StepStatus::Done,
                Outcome::Error | Outcome::Denied => StepStatus::Failed,
            };
            writes.push(Write::StepEnd {
                key: Self::call_step(&call.call_id),
                status,
            });
            writes.extend(self.parts_of(call.message_id));
        }
    }

    /// Completes the part of a call, and its two events.
    pub(super) fn end_call(
        &mut self,
        call: &weald_domain::turn_state::CallState,
        ended: Ended,
    ) -> [SessionEvent; 2] {
        let Ended {
            outcome,
            content,
            truncated,
            duration_ms,
            whole,
        } = ended;
        let asset_ids: Vec<_> = whole.iter().map(|asset| asset.id).collect();
        let output = match outcome {
            Outcome::Ok => json!({"content": content}),
            Outcome::Error | Outcome::Denied | Outcome::Unknown => {
                json!(
                    content
                        .iter()
                        .map(ToolContent::to_text)
                        .collect::<Vec<_>>()
                        .join("\n")
                )
            }
        };
        let message = self
            .messages
            .iter_mut()
            .rev()
            .find(|message| message.id == call.message_id);
        if let Some(Part::Tool(tool)) = message.and_then(|m| m.parts.get_mut(call.part as usize)) {
            let input = tool.input().cloned().unwrap_or_default();
            tool.state = ToolState::Ended {
                input,
                outcome,
                output,
                duration_ms,
                truncated,
                asset_ids: asset_ids.clone(),
            };
        }
        let result = ToolCallResult {
            message_id: call.message_id,
            part: call.part,
            tool_call_id: call.call_id.clone(),
            outcome,
            content: Some(content),
            truncated,
            asset_ids,
        };
        let end = ToolCallEnd {
            tool_call_id: call.call_id.clone(),
            outcome,
            duration_ms,
        };
        [result.into(), end.into()]
    }

    /// The write that stores a message as it stands now.
    pub(super) fn parts_of(&self, id: MessageId) -> Option<Write> {
        let message = self
            .messages
            .iter()
            .rev()
            .find(|message| message.id == id)?;
        Some(Write::Parts {
            message_id: id,
            parts: message.parts.clone(),
            metadata: message.metadata.clone(),
            at: self.now(),
        })
    }

    /// Hands the session back: the text so far is in SQL, and the next start goes on (NB-09).
    pub(super) async fn hand_back(&mut self) -> Result<Stopped, Halt> {
        let parts = self.checkpoint(CheckpointReason::Shutdown);
        let frame = self.checkpointed(CheckpointReason::Shutdown);
        let writes = parts.into_iter().chain([Write::HandBack]).collect();
        self.commit_as(Stoppable::No, Vec::new(), writes).await?;
        self.say(frame.as_slice())?;
        Ok(Stopped::HandedBack)
    }

    fn summary(&self) -> RunSummary {
        let elapsed = self.now().since(self.session.created_at);
        RunSummary {
            duration_ms: u64::try_from(elapsed).unwrap_or(0),
            usage: self.state.usage.clone(),
        }
    }

    /// What a crash means for a call that an earlier owner began: `pure` and `idempotent` ones run
    /// again, of the others nobody knows (design/orchestration section 5).
    pub(super) fn is_outcome_unknown(&self, call_id: &str) -> bool {
        let key = Self::call_step(call_id);
        self.open_steps.iter().any(|(open, effect)| {
            *open == key && matches!(effect, EffectClass::Once | EffectClass::Probe)
        })
    }
}
