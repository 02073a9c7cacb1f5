//! Following one session on the terminal: rendering it, asking what it asks, stopping it.

use tokio::signal::unix::{Signal, SignalKind, signal};
use weald_api::{
    Client,
    approval::{ApprovalAnswerRequest, ApprovalDecision},
    client::RunStream,
    domain::{
        approval::ApprovalState,
        event::{
            Envelope, SessionEvent,
            session::{ApprovalRequested, FailReason, RunFailed},
        },
        id::{ApprovalId, ConversationId, SessionId},
        permission::Lifetime,
    },
};
use weald_terminal::{
    Renderer,
    clean::clean_json,
    prompt::{self, Verdict},
};

use crate::{
    ask,
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome},
};

/// Follows a session to its end.
pub(crate) async fn follow(
    context: &mut Context,
    client: &Client,
    run: RunStream,
    stop: &mut Stop,
) -> Outcome {
    let mut following = Following {
        client,
        session: run.session_id(),
        renderer: Renderer::new(),
        conversation: run.conversation_id(),
        stopping: false,
    };
    let mut run = run;
    loop {
        let event = tokio::select! {
            event = run.next() => event?,
            asked = stop.next() => {
                following.stop(context, asked).await?;
                continue;
            }
        };
        let Some(envelope) = event else {
            return Err(Failure::new(
                Exit::Failed,
                "no_end",
                "the session's stream has no end",
            ));
        };
        following.conversation = following.conversation.or(envelope.conversation_id);
        following.show(context, &envelope)?;
        let event = envelope.session_event();
        if let SessionEvent::RunFailed(failed) = &event {
            return Err(following.failure(failed));
        }
        if let SessionEvent::ApprovalRequested(asked) = &event {
            following.ask(context, asked, stop).await?;
        }
        if event.is_terminal() {
            return Ok(());
        }
    }
}

/// The end of a command that was asked to stop: what it began is left to the next start.
pub(crate) fn ended(context: &mut Context, asked: StopKind) -> Failure {
    context.ending = true;
    match asked {
        StopKind::Interrupt => Failure::interrupted(),
        StopKind::Terminate => {
            Failure::new(Exit::Failed, "terminated", "the command was told to end")
        }
    }
}

struct Following<'a> {
    client: &'a Client,
    session: SessionId,
    renderer: Renderer,
    conversation: Option<ConversationId>,
    stopping: bool,
}

impl Following<'_> {
    fn show(&mut self, context: &mut Context, envelope: &Envelope) -> Outcome {
        match context.form() {
            Form::Text => Ok(self.renderer.show(envelope, &mut context.console)?),
            Form::Json => Ok(context.console.line(&json_line(envelope)?)?),
        }
    }

    /// The first Ctrl+C interrupts the turn, the second ends the command; a command that is told
    /// to end leaves the session to the next start.
    async fn stop(&mut self, context: &mut Context, asked: StopKind) -> Outcome {
        match asked {
            StopKind::Interrupt if !self.stopping => self.interrupt().await,
            StopKind::Interrupt | StopKind::Terminate => Err(ended(context, asked)),
        }
    }

    async fn interrupt(&mut self) -> Outcome {
        self.stopping = true;
        if let Some(conversation) = self.conversation {
            self.client.interrupt(conversation, None).await?;
        }
        Ok(())
    }

    /// Asks the person; without one the session stays parked. A question that was answered before
    /// is not asked again.
    async fn ask(
        &mut self,
        context: &mut Context,
        asked: &ApprovalRequested,
        stop: &mut Stop,
    ) -> Outcome {
        let id = asked.approval_id;
        if self.stopping || self.client.approval(id).await?.state != ApprovalState::Pending {
            return Ok(());
        }
        if !context.can_ask() {
            return Err(self.parked(id));
        }
        let verdict = tokio::select! {
            verdict = ask::blocking(prompt::approval) => verdict,
            asked = stop.next() => return Err(ended(context, asked)),
        };
        let verdict = match verdict {
            Ok(verdict) => verdict,
            Err(failure) if failure.exit == Exit::Interrupted => return self.interrupt().await,
            Err(failure) if failure.exit == Exit::NeedsInput => return Err(self.parked(id)),
            Err(failure) => return Err(failure),
        };
        match self.client.answer_approval(id, &answer(verdict)).await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("approval_answered") => {
                Ok(context.console.note("somebody else was faster")?)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn parked(&self, id: ApprovalId) -> Failure {
        let what = format!("session {} waits for an answer", self.session);
        Failure::needs_input(what).hint(format!(
            "`weald approval answer {id} --allow` or `--deny`; it goes on by itself"
        ))
    }

    fn failure(&self, failed: &RunFailed) -> Failure {
        let code = failed.error.code.as_str();
        let exit = match failed.reason {
            FailReason::Interrupted if self.stopping => return Failure::interrupted(),
            FailReason::Interrupted | FailReason::Orphaned => Exit::Failed,
            FailReason::Budget => Exit::Budget,
            FailReason::Error => Exit::of_session_error(code),
        };
        let failure = Failure::new(exit, code, failed.error.message.clone());
        if failed.error.retryable {
            failure.hint("the same may work in a moment")
        } else {
            failure
        }
    }
}

fn answer(verdict: Verdict) -> ApprovalAnswerRequest {
    let (decision, lifetime, reason) = match verdict {
        Verdict::Once => (ApprovalDecision::Approve, Some(Lifetime::Once), None),
        Verdict::InConversation => (
            ApprovalDecision::Approve,
            Some(Lifetime::Conversation),
            None,
        ),
        Verdict::Deny { reason } => (ApprovalDecision::Deny, None, reason),
    };
    ApprovalAnswerRequest {
        decision,
        lifetime,
        edited_args: None,
        reason,
    }
}

/// The envelope with `type` before its members.
fn json_line(envelope: &Envelope) -> Outcome<String> {
    let kind = serde_json::to_string(&envelope.event_type)?;
    let members = serde_json::to_string(envelope)?;
    let line = format!("{{\"type\":{kind},{}", members.trim_start_matches('{'));
    Ok(clean_json(&line).into_owned())
}

/// What a person or the system asked of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopKind {
    /// Ctrl+C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Both ways to be asked to stop; nothing is missed between two looks.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Begins to listen.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> StopKind {
        tokio::select! {
            Some(()) = self.interrupt.recv() => StopKind::Interrupt,
            Some(()) = self.terminate.recv() => StopKind::Terminate,
            else => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_line_is_the_envelope_with_its_type_in_front() {
        let text = r#"{"event_id":"1-0","seq":1,"topic":"session.01980000-0000-7000-8000-000000000002","event_type":"x","version":1,"timestamp":"2026-01-05T09:00:00.000Z","payload":{"a":{}}}"#;
        let envelope: Envelope = serde_json::from_str(text).expect("an envelope");
        let line = json_line(&envelope).expect("a line");
        assert_eq!(line, format!("{{\"type\":\"x\",{}", &text[1..]));
    }
}
