//! A step as the engine journals it: a tool call, by effect class.
//!
//! `pure`: one commit with the result. Every other class: one commit with the intent and what the
//! broker decided, then one with the result. The result is two events, the part of the message,
//! and the end of the step.

use anyhow::Result;
use serde_json::json;
use weald_domain::audit::{AuditDecision, NewAudit};
use weald_domain::event::session::{ToolCallEnd, ToolCallResult};
use weald_domain::event::{NewEvent, SessionEvent};
use weald_domain::id::{MessageId, SessionId, UserId, WorkspaceId};
use weald_domain::message::{MessageMetadata, Outcome, Part};
use weald_domain::ports::{StepStatus, Write};
use weald_domain::time::UnixMillis;
use weald_domain::tool::{EffectClass, ToolContent};

/// What a tool answered, in bytes.
const ANSWER: usize = 400;
/// As long as a SHA-256 in hexadecimal digits.
const HASH: &str = "0b5a3f2d9c8e7f605142332415060718293a4b5c6d7e8f90a1b2c3d4e5f60718";
const WORKER: &str = "bench-worker";
const TOOL: &str = "bench_tool";

/// Whose call it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) workspace: WorkspaceId,
    pub(super) owner: UserId,
    pub(super) session: SessionId,
    pub(super) message: MessageId,
}

/// What one commit of a step writes.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) events: Vec<NewEvent>,
    pub(super) writes: Vec<Write>,
}

/// The calls of a session: what is the same in all of them.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    caller: Caller,
    effect: EffectClass,
    /// The part of the message, ended, as it is stored.
    part: Part,
    /// The event of the result, without the answer.
    result: ToolCallResult,
}

impl Calls {
    pub(super) fn new(caller: Caller, effect: EffectClass) -> Result<Self> {
        let part = json!({
            "type": "dynamic-tool",
            "toolName": TOOL,
            "toolCallId": "",
            "input": {"path": "notes.txt"},
            "state": "output-available",
            "output": {"content": content()},
            "callProviderMetadata": {"weald": {
                "worker": WORKER, "outcome": "ok", "duration_ms": 1, "truncated": false,
            }},
        });
        let result = json!({
            "message_id": caller.message,
            "part": 0,
            "tool_call_id": "",
            "outcome": "ok",
            "truncated": false,
        });
        Ok(Self {
            caller,
            effect,
            part: serde_json::from_value(part)?,
            result: serde_json::from_value(result)?,
        })
    }

    /// The commits of a step.
    pub(super) fn commits(&self, number: u64, at: UnixMillis) -> Result<Vec<Commit>> {
        let call = format!("c{number}");
        let key = key(&call);
        let audit = Write::Audit(self.audit(at));
        match self.effect {
            EffectClass::Pure => Ok(vec![self.result(&call, audit, at)?]),
            EffectClass::Idempotent | EffectClass::Probe | EffectClass::Once => {
                let intent = Write::StepIntent {
                    key: key.clone(),
                    effect: self.effect,
                    input_hash: HASH.to_owned(),
                };
                let end = Write::StepEnd {
                    key,
                    status: StepStatus::Done,
                };
                let first = Commit {
                    events: vec![],
                    writes: vec![intent, audit],
                };
                Ok(vec![first, self.result(&call, end, at)?])
            }
        }
    }

    /// How many bytes each commit of a step brings, for a floor that writes as many. The answer is
    /// counted once, as it is stored: in the part, not in the event.
    pub(super) fn sizes(&self) -> Result<Vec<usize>> {
        let call = "c1000";
        // An entry is stored with the hash before it and its own.
        let audit = serde_json::to_vec(&self.audit(UnixMillis(0)))?.len() + 2 * HASH.len();
        let part = serde_json::to_vec(&[self.part(call)])?.len();
        let events = self.ended(call, None)?;
        let events: usize = events.iter().map(|event| event.payload.get().len()).sum();
        Ok(match self.effect {
            EffectClass::Pure => vec![part + events + audit],
            EffectClass::Idempotent | EffectClass::Probe | EffectClass::Once => {
                vec![key(call).len() + HASH.len() + audit, part + events]
            }
        })
    }

    fn result(&self, call: &str, last: Write, at: UnixMillis) -> Result<Commit> {
        let parts = Write::Parts {
            message_id: self.caller.message,
            parts: vec![self.part(call)],
            metadata: MessageMetadata::default(),
            at,
        };
        Ok(Commit {
            events: self.ended(call, Some(content()))?,
            writes: vec![parts, last],
        })
    }

    fn part(&self, call: &str) -> Part {
        let mut part = self.part.clone();
        if let Part::Tool(tool) = &mut part {
            call.clone_into(&mut tool.call_id);
        }
        part
    }

    fn ended(&self, call: &str, content: Option<Vec<ToolContent>>) -> Result<Vec<NewEvent>> {
        let events: [SessionEvent; 2] = [
            ToolCallResult {
                tool_call_id: call.to_owned(),
                content,
                ..self.result.clone()
            }
            .into(),
            ToolCallEnd {
                tool_call_id: call.to_owned(),
                outcome: Outcome::Ok,
                duration_ms: 1,
            }
            .into(),
        ];
        let events: Result<Vec<NewEvent>, _> = events.iter().map(NewEvent::session).collect();
        Ok(events?)
    }

    fn audit(&self, at: UnixMillis) -> NewAudit {
        NewAudit {
            workspace_id: Some(self.caller.workspace),
            user_id: Some(self.caller.owner),
            session_id: Some(self.caller.session),
            extension: Some(WORKER.to_owned()),
            action: "tool.call".to_owned(),
            resource: TOOL.to_owned(),
            decision: AuditDecision::Allowed,
            grant_id: None,
            payload_hash: Some(HASH.to_owned()),
            at,
        }
    }
}

fn key(call: &str) -> String {
    format!("t1/c{call}")
}

fn content() -> Vec<ToolContent> {
    let text = "x".repeat(ANSWER);
    vec![ToolContent::Text { text }]
}

#[cfg(test)]
mod tests {
    use weald_domain::id::uuid_v7;
    use weald_domain::message::ToolState;

    use super::*;

    fn caller() -> Caller {
        let id = uuid_v7(UnixMillis(1), &[0; 10]);
        Caller {
            workspace: id.into(),
            owner: id.into(),
            session: id.into(),
            message: id.into(),
        }
    }

    #[test]
    fn a_pure_step_is_one_commit_and_every_other_has_its_intent_first() {
        let of = |effect| {
            let calls = Calls::new(caller(), effect).unwrap();
            calls.commits(1, UnixMillis(1)).unwrap()
        };
        assert_eq!(of(EffectClass::Pure).len(), 1);
        for effect in [
            EffectClass::Idempotent,
            EffectClass::Probe,
            EffectClass::Once,
        ] {
            let two = of(effect);
            assert_eq!(two.len(), 2);
            assert!(two[0].events.is_empty());
            assert!(matches!(two[0].writes[0], Write::StepIntent { .. }));
            assert_eq!(two[1].events.len(), 2);
        }
    }

    #[test]
    fn the_part_of_a_call_is_a_call_that_has_ended() {
        let calls = Calls::new(caller(), EffectClass::Once).unwrap();
        let Part::Tool(tool) = calls.part("c7") else {
            panic!("{:?}", calls.part);
        };
        assert_eq!(tool.call_id, "c7");
        assert!(matches!(
            tool.state,
            ToolState::Ended {
                outcome: Outcome::Ok,
                ..
            }
        ));
    }

    #[test]
    fn the_floor_writes_as_many_bytes_and_the_answer_once() {
        let of = |effect| Calls::new(caller(), effect).unwrap().sizes().unwrap();
        let (one, two) = (of(EffectClass::Pure), of(EffectClass::Once));
        assert!((ANSWER..2 * ANSWER + 200).contains(&two[1]), "{two:?}");
        let step = key("c1000").len() + HASH.len();
        assert_eq!(one[0] + step, two[0] + two[1]);
    }
}
