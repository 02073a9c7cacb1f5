use serde_json::{Value, json};
use weald_api::domain::{event::Envelope, permission::Permission};

use super::*;
use crate::{
    colour::{ColourLevel, Stream},
    console::{Captured, Chatter},
};

const MESSAGE: &str = "01980000-0000-7000-8000-000000000001";
const SESSION: &str = "01980000-0000-7000-8000-000000000002";

fn envelope(event_type: &str, payload: &Value) -> Envelope {
    serde_json::from_value(json!({
        "event_id": "1-0", "seq": 1, "topic": format!("session.{SESSION}"), "version": 1,
        "event_type": event_type, "timestamp": "2026-01-05T09:00:00.000Z", "payload": payload,
    }))
    .expect("an envelope")
}

fn rendered(chatter: Chatter, events: &[(&str, Value)]) -> (String, String) {
    let (out, notes) = (Captured::default(), Captured::default());
    let mut console = Console::new(
        out.channel(ColourLevel::None, Stream::Terminal),
        notes.channel(ColourLevel::None, Stream::Terminal),
        chatter,
        80,
    );
    let mut renderer = Renderer::new();
    for (event_type, payload) in events {
        renderer
            .show(&envelope(event_type, payload), &mut console)
            .expect("writes");
    }
    (out.text(), notes.text())
}

fn delta(kind: &str, part: u32, offset: usize, text: &str) -> (&'static str, Value) {
    let payload = json!({
        "message_id": MESSAGE, "part": part, "kind": kind, "offset": offset, "delta": text
    });
    ("content_delta", payload)
}

fn start() -> (&'static str, Value) {
    (
        "message_start",
        json!({"message_id": MESSAGE, "role": "assistant"}),
    )
}

fn tool_start(tool: &str) -> (&'static str, Value) {
    let payload = json!({
        "message_id": MESSAGE, "part": 1, "tool_call_id": "c1", "tool": tool, "effect": "pure"
    });
    ("tool_call_start", payload)
}

fn tool_args(text: &str) -> (&'static str, Value) {
    let payload = json!({
        "message_id": MESSAGE, "part": 1, "tool_call_id": "c1", "offset": 0, "delta": text
    });
    ("tool_call_args_delta", payload)
}

fn tool_end(outcome: &str) -> (&'static str, Value) {
    (
        "tool_call_end",
        json!({"tool_call_id": "c1", "outcome": outcome, "duration_ms": 12}),
    )
}

#[test]
fn text_goes_to_the_result_and_thinking_and_tools_beside_it() {
    let (out, notes) = rendered(
        Chatter::Normal,
        &[
            start(),
            delta("reasoning", 0, 0, "hm"),
            delta("text", 1, 0, "Look"),
            delta("text", 1, 4, "ing"),
            tool_start("fs_list"),
            tool_args(r#"{"path":".","depth":2,"all":true}"#),
            tool_end("ok"),
            delta("text", 2, 0, "Done"),
            ("run_completed", completed()),
        ],
    );
    assert_eq!(out, "Looking\nDone\n");
    assert_eq!(notes, "hm\n● fs_list . 2  ok 12 ms\n");
}

#[test]
fn quiet_leaves_the_answer_alone() {
    let (out, notes) = rendered(
        Chatter::Quiet,
        &[
            start(),
            delta("reasoning", 0, 0, "hm"),
            tool_start("fs_list"),
            tool_end("ok"),
            delta("text", 1, 0, "Done"),
        ],
    );
    assert_eq!((out.as_str(), notes.as_str()), ("Done", ""));
}

#[test]
fn a_failed_call_says_why() {
    let result = json!({
        "message_id": MESSAGE, "part": 1, "tool_call_id": "c1", "outcome": "denied",
        "content": [{"type": "text", "text": "not\nthere\u{1b}[31m"}], "truncated": false
    });
    let (_, notes) = rendered(
        Chatter::Normal,
        &[
            tool_start("fs_read"),
            ("tool_call_result", result),
            tool_end("denied"),
        ],
    );
    assert_eq!(notes, "● fs_read  denied 12 ms\n  not there␛[31m\n");
}

#[test]
fn a_resync_shows_only_what_is_missing() {
    let resync = json!({
        "message_id": MESSAGE, "part": 0, "kind": "text", "offset": 0, "text": "Hello world"
    });
    let (out, _) = rendered(
        Chatter::Normal,
        &[start(), delta("text", 0, 0, "Hello"), ("resync", resync)],
    );
    assert_eq!(out, "Hello world");
}

#[test]
fn a_control_sequence_in_an_answer_does_nothing() {
    let (out, _) = rendered(
        Chatter::Normal,
        &[start(), delta("text", 0, 0, "a\u{1b}[2Jb")],
    );
    assert_eq!(out, "a␛[2Jb");
}

#[test]
fn a_question_names_what_would_be_touched_even_when_quiet() {
    let asked = json!({
        "approval_id": SESSION, "kind": "permission", "options": ["once"],
        "question": "May fs-worker read /home/me/x?",
        "subject": {
            "worker": "fs-worker", "tool": "fs_read", "tool_call_id": "c1", "args": {},
            "needs": [{"permission": "fs.read", "resources": ["/home/me/x"], "scope": ["/home/me"]}],
        },
    });
    let (_, notes) = rendered(Chatter::Quiet, &[("approval.requested", asked)]);
    assert_eq!(
        notes,
        "? May fs-worker read /home/me/x?\n  fs.read /home/me/x\n  \
         allowing it in this conversation covers /home/me\n"
    );
}

#[test]
fn no_resource_hides_behind_another() {
    let many: Vec<String> = (0..23).map(|n| format!("/home/me/{n}")).collect();
    let need = Need {
        permission: Permission::FsRead,
        resources: many,
        scope: Vec::new(),
    };
    let lines = need_lines(&need);
    assert_eq!(lines.len(), 21);
    assert_eq!(lines[19], "  fs.read /home/me/19");
    assert_eq!(lines[20], "  fs.read ... and 3 more");
}

fn completed() -> Value {
    json!({
        "status": "committed", "end_reason": "completed", "message_id": MESSAGE,
        "run_summary": {"duration_ms": 1, "usage": {}}, "finished_at": "2026-01-05T09:00:00.000Z"
    })
}
