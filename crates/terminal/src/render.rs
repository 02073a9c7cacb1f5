//! The stream of a session as a person reads it: answer text on standard output, tool lines,
//! reasoning and notices on standard error.

mod call;
mod progress;

use std::{collections::HashMap, io};

use weald_api::domain::{
    approval::Need,
    event::{Envelope, SessionEvent, session},
    message::{FinishReason, Outcome, PartKind, Role},
};

use crate::{
    clean::{clean, one_line},
    colour::Paint,
    console::Console,
};
use call::Call;
use progress::Progress;

/// Writes the events of one session, in order, to a console. Events seen twice write nothing the
/// second time.
#[derive(Debug, Default)]
pub struct Renderer {
    text: Progress,
    calls: HashMap<String, Call>,
    thinking: bool,
}

impl Renderer {
    /// A renderer that has shown nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows one event.
    ///
    /// # Errors
    /// The console cannot be written.
    pub fn show(&mut self, envelope: &Envelope, console: &mut Console) -> io::Result<()> {
        match envelope.session_event() {
            SessionEvent::RunStarted(run) => console.detail(&format!(
                "model {} · preset {}",
                clean(&run.model_id),
                run.preset_id
            )),
            SessionEvent::MessageStart(message) => self.message_start(&message, console),
            SessionEvent::ContentDelta(delta) => {
                let new = self
                    .text
                    .take(delta.message_id, delta.part, delta.offset, &delta.delta);
                self.speak(delta.kind, new, console)
            }
            SessionEvent::Resync(whole) => {
                let new = self
                    .text
                    .take(whole.message_id, whole.part, whole.offset, &whole.text);
                self.speak(whole.kind, new, console)
            }
            SessionEvent::ContentDone(_) => self.stop_thinking(console),
            SessionEvent::MessageEnd(end) => finish(end.finish_reason, console),
            SessionEvent::ToolCallStart(start) => {
                self.stop_thinking(console)?;
                self.calls
                    .insert(start.tool_call_id.clone(), Call::new(start));
                Ok(())
            }
            SessionEvent::ToolCallArgsDelta(delta) => {
                if let Some(call) = self.calls.get_mut(&delta.tool_call_id) {
                    call.add_args(delta.offset, &delta.delta);
                }
                Ok(())
            }
            SessionEvent::ToolCallResult(result) => {
                if let Some(call) = self.calls.get_mut(&result.tool_call_id) {
                    call.answered(&result);
                }
                Ok(())
            }
            SessionEvent::ToolCallEnd(end) => self.tool_end(&end, console),
            SessionEvent::UsageSnapshot(usage) => console.detail(&format!(
                "{} tokens in, {} out",
                usage.usage.input, usage.usage.output
            )),
            SessionEvent::ModelSilent(silent) => {
                let seconds = silent.silent_ms / 1000;
                note(console, &format!("no bytes from the model for {seconds} s"))
            }
            SessionEvent::ApprovalRequested(asked) => self.ask(&asked, console),
            SessionEvent::ApprovalAnswered(answer) => answered(&answer, console),
            SessionEvent::InterruptReceived(_) => note(console, "interrupted"),
            SessionEvent::RunCompleted(_) | SessionEvent::RunFailed(_) => {
                self.stop_thinking(console)?;
                console.end_line()
            }
            SessionEvent::Checkpointed(_) => Ok(()),
            SessionEvent::Unknown { event_type, .. } => {
                console.detail(&format!("event {}", clean(&event_type)))
            }
        }
    }

    fn message_start(
        &mut self,
        message: &session::MessageStart,
        console: &mut Console,
    ) -> io::Result<()> {
        self.stop_thinking(console)?;
        if message.role == Role::Assistant {
            self.text.begin(message.message_id);
        }
        console.end_line()
    }

    fn speak(&mut self, kind: PartKind, new: &str, console: &mut Console) -> io::Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        match kind {
            PartKind::Text => {
                self.stop_thinking(console)?;
                console.piece(&clean(new))
            }
            PartKind::Reasoning => {
                self.thinking = true;
                let new = console.paint_note(Paint::Dim, &clean(new));
                console.note_piece(&new)
            }
        }
    }

    fn stop_thinking(&mut self, console: &mut Console) -> io::Result<()> {
        if std::mem::take(&mut self.thinking) {
            console.note_piece("\n")?;
        }
        Ok(())
    }

    fn tool_end(&mut self, end: &session::ToolCallEnd, console: &mut Console) -> io::Result<()> {
        let Some(call) = self.calls.remove(&end.tool_call_id) else {
            return Ok(());
        };
        let (paint, word) = match end.outcome {
            Outcome::Ok => (Paint::Good, "ok"),
            Outcome::Error => (Paint::Bad, "failed"),
            Outcome::Denied => (Paint::Warning, "denied"),
            Outcome::Unknown => (Paint::Warning, "outcome unknown"),
        };
        let dot = console.paint_note(paint, "●");
        let took = console.paint_note(Paint::Dim, &format!("{word} {} ms", end.duration_ms));
        console.note(&format!("{dot} {}  {took}", call.line()))?;
        match call.complaint() {
            Some(why) => {
                let why = console.paint_note(Paint::Dim, &format!("  {why}"));
                console.note(&why)
            }
            None => Ok(()),
        }
    }

    fn ask(&mut self, asked: &session::ApprovalRequested, console: &mut Console) -> io::Result<()> {
        self.stop_thinking(console)?;
        let mark = console.paint_note(Paint::Warning, "?");
        console.complain(&format!("{mark} {}", one_line(&asked.question, 400)))?;
        for need in &asked.subject.needs {
            for line in need_lines(need) {
                let line = console.paint_note(Paint::Dim, &line);
                console.complain(&line)?;
            }
        }
        Ok(())
    }
}

/// Resources of one permission that are shown; more are counted.
const RESOURCES_SHOWN: usize = 20;

/// What a call would touch, a line for each, and what an answer for the conversation would allow.
fn need_lines(need: &Need) -> Vec<String> {
    let permission = need.permission.as_str();
    let named = |what: &String| format!("  {permission} {}", one_line(what, 1000));
    let mut lines: Vec<String> = need
        .resources
        .iter()
        .take(RESOURCES_SHOWN)
        .map(named)
        .collect();
    let more = need.resources.len().saturating_sub(RESOURCES_SHOWN);
    if more > 0 {
        lines.push(format!("  {permission} ... and {more} more"));
    }
    lines.extend(need.scope.iter().map(|scope| {
        let scope = one_line(scope, 1000);
        format!("  allowing it in this conversation covers {scope}")
    }));
    lines
}

fn note(console: &mut Console, text: &str) -> io::Result<()> {
    let text = console.paint_note(Paint::Dim, text);
    console.note(&text)
}

fn finish(reason: FinishReason, console: &mut Console) -> io::Result<()> {
    match reason {
        FinishReason::Length => note(console, "the answer was cut at the model's token limit"),
        FinishReason::ContentFilter => note(console, "the provider's filter ended the answer"),
        FinishReason::Interrupted => note(console, "the answer was interrupted"),
        FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Error => Ok(()),
    }
}

fn answered(answer: &session::ApprovalAnswered, console: &mut Console) -> io::Result<()> {
    use weald_api::domain::approval::ApprovalState;
    let text = match (answer.state, &answer.reason) {
        (ApprovalState::Pending, _) => return Ok(()),
        (ApprovalState::Approved, _) => "allowed".to_owned(),
        (ApprovalState::Denied, Some(reason)) => format!("denied: {}", one_line(reason, 200)),
        (ApprovalState::Denied, None) => "denied".to_owned(),
        (ApprovalState::Expired, _) => "the question expired".to_owned(),
    };
    note(console, &text)
}

#[cfg(test)]
mod tests;
