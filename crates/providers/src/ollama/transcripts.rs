//! Golden transcripts: what servers of this wire send, and what must be heard.

mod round_trip;

use serde_json::json;

use super::{FULL_STREAM, request_out};
use crate::{heard, ollama::pull, redact::Quoter, sample, wire::Wire};

fn hear(stream: &str) -> Vec<String> {
    heard::lines(Wire::Ollama, stream)
}

const CUT: &str = "error cut_stream: the provider's answer broke off in the middle";

#[test]
fn a_turn_with_thinking_text_and_two_calls() {
    assert_eq!(
        hear(FULL_STREAM),
        [
            r#"think "Let me""#,
            r#"think " see.""#,
            r#"text "Grüße""#,
            r#"text ", 🙂.""#,
            "call 0 call_20261124160000123456789_0 fs_list",
            r#"args 0 {"path":"ä"}"#,
            "call 1 call_x git_status",
            "args 1 {}",
            "usage in 26 (cached 0) out 237 (reasoning 0) total 263",
            "stop for tools",
        ]
    );
}

#[test]
fn every_member_of_a_line_is_told() {
    let line = r#"{"message":{"thinking":"a","content":"b","images":["c"],"tool_calls":[{"odd":1},{"function":{"name":"f","arguments":"{}"}}]},"done":true,"done_reason":"unload","eval_count":3,"brand_new":1}"#;
    assert_eq!(
        hear(line),
        [
            r#"think "a""#,
            r#"text "b""#,
            r#"unknown {"tool_calls":[{"odd":1}]}"#,
            "call 0 call__0 f",
            "args 0 {}",
            r#"unknown {"images":["c"]}"#,
            "usage in 0 (cached 0) out 3 (reasoning 0) total 3",
            r#"unknown {"brand_new":1}"#,
            r#"unknown {"done_reason":"unload"}"#,
            "stop for tools",
        ]
    );
}

#[test]
fn only_a_line_that_says_done_ends_a_stream() {
    let text = r#"{"message":{"content":"a"},"done":false}"#;
    assert_eq!(hear(text), [r#"text "a""#, CUT]);
    assert_eq!(hear(""), [CUT]);
    let limit = format!("{text}\n{{\"done\":true,\"done_reason\":\"length\"}}\n{text}\n");
    assert_eq!(hear(&limit), [r#"text "a""#, "stop at the limit"]);
    let error = format!("{text}\n{{\"error\":\"it broke\"}}\n");
    assert_eq!(
        hear(&error),
        [
            r#"text "a""#,
            "error provider_error: the provider reported an error: it broke"
        ]
    );
}

#[test]
fn a_prompt_that_does_not_fit_is_refused_and_never_cut() {
    let request = sample::request("m", vec![sample::user("x")]);
    let body = request_out::encode(&request).expect("encodes");
    assert_eq!(
        (&body["truncate"], &body["shift"]),
        (&json!(false), &json!(false))
    );
    for said in [
        "the input length exceeds the context length",
        "input length exceeds maximum context length",
    ] {
        let line = format!("{{\"error\":\"{said}\"}}\n");
        let error = hear(&line).pop().expect("an error");
        assert!(error.starts_with("error context_too_long:"), "{error}");
    }
}

#[test]
fn a_download_tells_how_far_it_is() {
    let read = |line: &str| pull::decode(line, &Quoter::default());
    let line = r#"{"status":"pulling abc","digest":"sha256:abc","total":10,"completed":4}"#;
    let progress = read(line).expect("progress");
    assert_eq!(
        (progress.status.as_str(), progress.completed, progress.total),
        ("pulling abc", Some(4), Some(10))
    );
    assert!(!pull::is_success(&progress));
    let last = read(r#"{"status":"success"}"#).expect("progress");
    assert!(pull::is_success(&last));
    let error = read(r#"{"error":"pull model manifest: file does not exist"}"#);
    let error = error.expect_err("an error");
    assert!(error.message.ends_with("file does not exist"), "{error}");
    assert_eq!(read("<html>").expect_err("no JSON").code, "bad_chunk");
}
