//! The chat view of a session's events (MY-11, spec 5.2), in the names of that contract.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use weald_domain::{
    event::{Envelope, SessionEvent, session::FailReason},
    id::{ConversationId, MessageId, SessionId},
    message::{MessageError, PartKind},
    time::UnixMillis,
};

/// What a chat sees of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum ChatEvent {
    /// The run began.
    #[serde(rename = "chat.stream.started")]
    Started {
        /// The conversation.
        chat_id: ConversationId,
        /// The session.
        request_id: SessionId,
    },
    /// The answer grew.
    #[serde(rename = "chat.stream.delta")]
    Delta {
        /// The conversation.
        chat_id: ConversationId,
        /// The session.
        request_id: SessionId,
        /// The text.
        text_delta: String,
    },
    /// The text so far is stored.
    #[serde(rename = "chat.stream.checkpointed")]
    Checkpointed {
        /// The conversation.
        chat_id: ConversationId,
        /// The session.
        request_id: SessionId,
        /// When.
        updated_at: UnixMillis,
    },
    /// The run is complete.
    #[serde(rename = "chat.stream.completed")]
    Completed {
        /// The conversation.
        chat_id: ConversationId,
        /// The session.
        request_id: SessionId,
        /// The last assistant message.
        message_id: Option<MessageId>,
        /// When.
        finished_at: UnixMillis,
    },
    /// The run failed.
    #[serde(rename = "chat.stream.failed")]
    Failed {
        /// The conversation.
        chat_id: ConversationId,
        /// The session.
        request_id: SessionId,
        /// What went wrong.
        error: MessageError,
    },
    /// Somebody stopped the run.
    #[serde(rename = "chat.stream.canceled")]
    Canceled {
        /// The conversation.
        chat_id: ConversationId,
        /// The session.
        request_id: SessionId,
    },
}

/// Maps the events of one session, oldest first.
#[derive(Debug, Default)]
pub struct ChatView {
    /// Unicode scalar values told by message and part, so that nothing is told twice.
    told: HashMap<(MessageId, u32), u64>,
}

impl ChatView {
    /// What the chat sees of an event, if anything.
    pub fn see(&mut self, envelope: &Envelope) -> Option<ChatEvent> {
        let (chat_id, request_id) = (envelope.conversation_id?, envelope.session_id?);
        match envelope.session_event() {
            SessionEvent::RunStarted(_) => Some(ChatEvent::Started {
                chat_id,
                request_id,
            }),
            SessionEvent::ContentDelta(delta) if delta.kind == PartKind::Text => {
                let text_delta =
                    self.untold(delta.message_id, delta.part, delta.offset, &delta.delta)?;
                Some(ChatEvent::Delta {
                    chat_id,
                    request_id,
                    text_delta,
                })
            }
            SessionEvent::Resync(resync) if resync.kind == PartKind::Text => {
                let text_delta =
                    self.untold(resync.message_id, resync.part, resync.offset, &resync.text)?;
                Some(ChatEvent::Delta {
                    chat_id,
                    request_id,
                    text_delta,
                })
            }
            SessionEvent::Checkpointed(checkpoint) => Some(ChatEvent::Checkpointed {
                chat_id,
                request_id,
                updated_at: checkpoint.at,
            }),
            SessionEvent::RunCompleted(done) => Some(ChatEvent::Completed {
                chat_id,
                request_id,
                message_id: done.message_id,
                finished_at: done.finished_at,
            }),
            SessionEvent::RunFailed(failed) if failed.reason == FailReason::Interrupted => {
                Some(ChatEvent::Canceled {
                    chat_id,
                    request_id,
                })
            }
            SessionEvent::RunFailed(failed) => Some(ChatEvent::Failed {
                chat_id,
                request_id,
                error: failed.error,
            }),
            SessionEvent::MessageStart(_)
            | SessionEvent::ContentDelta(_)
            | SessionEvent::ContentDone(_)
            | SessionEvent::MessageEnd(_)
            | SessionEvent::ToolCallStart(_)
            | SessionEvent::ToolCallArgsDelta(_)
            | SessionEvent::ToolCallResult(_)
            | SessionEvent::ToolCallEnd(_)
            | SessionEvent::InterruptReceived(_)
            | SessionEvent::UsageSnapshot(_)
            | SessionEvent::ModelSilent(_)
            | SessionEvent::Resync(_)
            | SessionEvent::ApprovalRequested(_)
            | SessionEvent::ApprovalAnswered(_)
            | SessionEvent::Unknown { .. } => None,
        }
    }

    /// The end of a text that was not told yet.
    fn untold(&mut self, message: MessageId, part: u32, offset: u64, text: &str) -> Option<String> {
        let told = self.told.entry((message, part)).or_default();
        let known = usize::try_from(told.saturating_sub(offset)).unwrap_or(usize::MAX);
        let rest: String = text.chars().skip(known).collect();
        *told = (*told).max(offset + text.chars().count() as u64);
        (!rest.is_empty()).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;
    use weald_domain::{
        cursor::Cursor,
        event::{
            Topic,
            session::{ContentDelta, Resync},
        },
    };

    fn envelope(event: &SessionEvent) -> Envelope {
        let session = SessionId(Uuid::from_u128(1));
        let (event_type, payload) = event.encode().expect("JSON");
        Envelope {
            event_id: Cursor { seq: 1, k: 1 },
            seq: 1,
            pos: None,
            topic: Topic::Session(session),
            event_type,
            version: 1,
            timestamp: UnixMillis(0),
            workspace_id: None,
            conversation_id: Some(ConversationId(Uuid::from_u128(2))),
            session_id: Some(session),
            agent_id: None,
            payload,
        }
    }

    #[test]
    fn a_delta_keeps_the_names_of_its_contract() {
        let delta = ContentDelta {
            message_id: MessageId(Uuid::from_u128(3)),
            part: 0,
            kind: PartKind::Text,
            offset: 0,
            delta: "hi".into(),
        };
        let event = ChatView::default()
            .see(&envelope(&delta.into()))
            .expect("seen");
        assert_eq!(
            serde_json::to_value(event).expect("JSON"),
            json!({
                "type": "chat.stream.delta",
                "chatId": "00000000-0000-0000-0000-000000000002",
                "requestId": "00000000-0000-0000-0000-000000000001",
                "textDelta": "hi",
            })
        );
    }

    #[test]
    fn a_resync_tells_only_what_is_new() {
        let message_id = MessageId(Uuid::from_u128(3));
        let mut view = ChatView::default();
        let delta = |offset, delta: &str| {
            let delta = delta.into();
            ContentDelta {
                message_id,
                part: 0,
                kind: PartKind::Text,
                offset,
                delta,
            }
            .into()
        };
        let resync = Resync {
            message_id,
            part: 0,
            kind: PartKind::Text,
            offset: 0,
            text: "häl".into(),
        };
        let mut text = String::new();
        for event in [
            delta(0, "hä"),
            resync.into(),
            delta(1, "äll"),
            delta(4, "o"),
        ] {
            if let Some(ChatEvent::Delta { text_delta, .. }) = view.see(&envelope(&event)) {
                text.push_str(&text_delta);
            }
        }
        assert_eq!(text, "hällo");
    }
}
