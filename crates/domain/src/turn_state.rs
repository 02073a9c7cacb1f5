//! Where a turn stands: the fold of its session's events. Upgrading Weald in the middle of a turn
//! is safe, because this is all its owner needs to go on.

use std::collections::BTreeMap;

use crate::{
    event::SessionEvent,
    id::MessageId,
    message::{FinishReason, Outcome},
    model::Usage,
    tool::EffectClass,
};

/// A tool call of the turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallState {
    /// The message that called.
    pub message_id: MessageId,
    /// Index of its part.
    pub part: u32,
    /// The call.
    pub call_id: String,
    /// Tool name.
    pub tool: String,
    /// What a crash does to it.
    pub effect: EffectClass,
    /// How it ended; none while it has not.
    pub outcome: Option<Outcome>,
}

/// What the owner of a turn does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// An answer was cut before its end: settle it first.
    SettleMessage(MessageId),
    /// Calls are open.
    CallTools,
    /// The model speaks again.
    CallModel,
    /// The turn is complete but for its terminal event.
    Complete,
    /// Nothing: the terminal event is there.
    Nothing,
}

/// The fold of a session's events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TurnState {
    /// The message that began and has not ended.
    pub open_message: Option<MessageId>,
    /// The newest assistant message.
    pub last_message: Option<MessageId>,
    /// Why it ended.
    pub finish: Option<FinishReason>,
    /// Messages begun: the number of model calls.
    pub model_calls: u32,
    /// The calls of the newest message.
    pub calls: Vec<CallState>,
    /// Tokens by model id.
    pub usage: BTreeMap<String, Usage>,
    /// Whether the terminal event is there.
    pub ended: bool,
}

impl TurnState {
    /// Folds events, oldest first.
    #[must_use]
    pub fn fold(events: impl IntoIterator<Item = SessionEvent>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(&event);
        }
        state
    }

    /// Takes one more event.
    pub fn apply(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::MessageStart(start) => {
                self.open_message = Some(start.message_id);
                self.last_message = Some(start.message_id);
                self.finish = None;
                self.model_calls += 1;
                self.calls.clear();
            }
            SessionEvent::ToolCallStart(start) => self.calls.push(CallState {
                message_id: start.message_id,
                part: start.part,
                call_id: start.tool_call_id.clone(),
                tool: start.tool.clone(),
                effect: start.effect,
                outcome: None,
            }),
            SessionEvent::MessageEnd(end) => {
                self.open_message = None;
                self.finish = Some(end.finish_reason);
            }
            SessionEvent::ToolCallResult(result) => {
                let call = self
                    .calls
                    .iter_mut()
                    .find(|call| call.call_id == result.tool_call_id);
                if let Some(call) = call {
                    call.outcome = Some(result.outcome);
                }
            }
            SessionEvent::UsageSnapshot(snapshot) => {
                self.usage.insert(snapshot.model_id.clone(), snapshot.usage);
            }
            SessionEvent::RunCompleted(_) | SessionEvent::RunFailed(_) => self.ended = true,
            SessionEvent::RunStarted(_)
            | SessionEvent::ContentDelta(_)
            | SessionEvent::ContentDone(_)
            | SessionEvent::ToolCallArgsDelta(_)
            | SessionEvent::ToolCallEnd(_)
            | SessionEvent::InterruptReceived(_)
            | SessionEvent::Checkpointed(_)
            | SessionEvent::ModelSilent(_)
            | SessionEvent::Resync(_)
            | SessionEvent::ApprovalRequested(_)
            | SessionEvent::ApprovalAnswered(_)
            | SessionEvent::Unknown { .. } => {}
        }
    }

    /// The calls that have not ended.
    pub fn open_calls(&self) -> impl Iterator<Item = &CallState> {
        self.calls.iter().filter(|call| call.outcome.is_none())
    }

    /// What the owner does next.
    #[must_use]
    pub fn next(&self) -> Next {
        if self.ended {
            Next::Nothing
        } else if let Some(message) = self.open_message {
            Next::SettleMessage(message)
        } else if self.open_calls().next().is_some() {
            Next::CallTools
        } else if !self.calls.is_empty() {
            Next::CallModel
        } else {
            match self.finish {
                None | Some(FinishReason::Interrupted) => Next::CallModel,
                Some(
                    FinishReason::Stop
                    | FinishReason::ToolCalls
                    | FinishReason::Length
                    | FinishReason::ContentFilter
                    | FinishReason::Error,
                ) => Next::Complete,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::session::{MessageEnd, MessageStart, ToolCallResult, ToolCallStart},
        message::Role,
    };
    use uuid::Uuid;

    fn id(n: u128) -> MessageId {
        MessageId(Uuid::from_u128(n))
    }

    fn start(n: u128) -> SessionEvent {
        MessageStart {
            message_id: id(n),
            parent_message_id: None,
            role: Role::Assistant,
            model_id: None,
        }
        .into()
    }

    fn end(n: u128, finish_reason: FinishReason) -> SessionEvent {
        MessageEnd {
            message_id: id(n),
            finish_reason,
            usage: None,
        }
        .into()
    }

    fn call(n: u128) -> SessionEvent {
        ToolCallStart {
            message_id: id(n),
            part: 0,
            tool_call_id: "c".into(),
            tool: "fs_list".into(),
            worker: None,
            title: None,
            effect: EffectClass::Pure,
        }
        .into()
    }

    fn result(n: u128) -> SessionEvent {
        ToolCallResult {
            message_id: id(n),
            part: 0,
            tool_call_id: "c".into(),
            outcome: Outcome::Ok,
            content: None,
            truncated: false,
            asset_ids: Vec::new(),
        }
        .into()
    }

    #[test]
    fn a_turn_goes_from_model_to_tools_to_model_to_its_end() {
        let mut events = vec![start(1)];
        assert_eq!(
            TurnState::fold(events.clone()).next(),
            Next::SettleMessage(id(1))
        );
        events.extend([call(1), end(1, FinishReason::ToolCalls)]);
        assert_eq!(TurnState::fold(events.clone()).next(), Next::CallTools);
        events.push(result(1));
        assert_eq!(TurnState::fold(events.clone()).next(), Next::CallModel);
        events.extend([start(2), end(2, FinishReason::Stop)]);
        assert_eq!(TurnState::fold(events).next(), Next::Complete);
    }

    #[test]
    fn an_interrupted_answer_is_asked_for_again() {
        let events = [start(1), end(1, FinishReason::Interrupted)];
        assert_eq!(TurnState::fold(events).next(), Next::CallModel);
    }
}
