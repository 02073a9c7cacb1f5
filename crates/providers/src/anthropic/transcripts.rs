//! Golden transcripts: what servers of this wire send, and what must be heard.

mod requests;
mod round_trip;

use super::FULL_STREAM;
use crate::{heard, wire::Wire};

fn hear(stream: &str) -> Vec<String> {
    heard::lines(Wire::Anthropic, stream)
}

/// A stream of these events, without any ending.
fn events(datas: &[&str]) -> String {
    datas
        .iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect()
}

#[test]
fn a_turn_with_thinking_text_and_two_calls() {
    assert_eq!(
        hear(FULL_STREAM),
        [
            "usage in 30 (cached 20) out 1 (reasoning 0) total 31",
            r#"think "Let me""#,
            r#"think " see.""#,
            r#"replay {"wire":"anthropic","type":"thinking","length":11,"signature":"EqQB=="}"#,
            r#"replay {"wire":"anthropic","type":"redacted_thinking","data":"EmwK"}"#,
            r#"text "Grüße""#,
            r#"text ", 🙂.""#,
            "call 0 toolu_1 fs_list",
            r#"args 0 {"path":"#,
            r#"args 0  "ä"}"#,
            "call 1 toolu_2 git_status",
            "args 1 {}",
            "usage in 30 (cached 20) out 89 (reasoning 0) total 119",
            "stop for tools",
        ]
    );
}

#[test]
fn events_and_blocks_of_unknown_kinds_are_kept_raw() {
    let stream = events(&[
        r#"{"type":"message_start","message":{"id":"m","container":{"id":"c"},"usage":{}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"q"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"a"}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"n":1}}}"#,
        r#"{"type":"brand_new","x":1}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"odd"},"context_management":{"n":1}}"#,
        r#"{"type":"message_stop"}"#,
    ]);
    assert_eq!(
        hear(&stream),
        [
            r#"unknown {"container":{"id":"c"}}"#,
            r#"unknown {"type":"server_tool_use","id":"s"}"#,
            r#"unknown {"partial_json":"{\"q"}"#,
            r#"text "a""#,
            r#"unknown {"type":"citations_delta","citation":{"n":1}}"#,
            r#"unknown {"type":"brand_new","x":1}"#,
            r#"unknown {"stop_reason":"odd"}"#,
            r#"unknown {"context_management":{"n":1}}"#,
            "stop",
        ]
    );
}

#[test]
fn an_unfinished_call_is_told_with_its_partial_arguments() {
    let head = [
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"fs_write","input":{}}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"pa"}}"#,
    ];
    assert_eq!(
        hear(&events(&head)),
        [
            "call 0 t fs_write",
            "args 0 {\"pa",
            "error cut_stream: the provider's answer broke off in the middle",
        ]
    );
    let at_the_limit = [
        head[0],
        head[1],
        r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    assert_eq!(
        hear(&events(&at_the_limit)),
        ["call 0 t fs_write", "args 0 {\"pa", "stop at the limit"]
    );
}

#[test]
fn a_call_that_the_limit_cut_before_its_arguments_gets_none() {
    let call = |at: u32, id: &str| {
        [
            format!(
                r#"{{"type":"content_block_start","index":{at},"content_block":{{"type":"tool_use","id":"{id}","name":"fs_list","input":{{}}}}}}"#
            ),
            format!(r#"{{"type":"content_block_stop","index":{at}}}"#),
        ]
    };
    let said = |reason: &str| {
        let delta = format!(r#"{{"type":"message_delta","delta":{{"stop_reason":"{reason}"}}}}"#);
        let stop = r#"{"type":"message_stop"}"#.to_owned();
        let all = [call(0, "a"), call(1, "b"), [delta, stop]].concat();
        hear(&events(&all.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let (first, second) = ("call 0 a fs_list", "call 1 b fs_list");
    assert_eq!(
        said("max_tokens"),
        [first, "args 0 {}", second, "stop at the limit"]
    );
    assert_eq!(
        said("tool_use"),
        [first, "args 0 {}", second, "args 1 {}", "stop for tools"]
    );
}

#[test]
fn an_error_inside_a_stream_is_an_error() {
    let text =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
    let said = |error: &str| hear(&(events(&[text]) + error));
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    assert_eq!(
        said(error),
        [
            r#"text "a""#,
            "error provider_error: the provider reported an error: Overloaded"
        ]
    );
    for (kind, code) in [
        ("rate_limit_error", "rate_limited"),
        ("authentication_error", "unauthorized"),
        ("invalid_request_error", "bad_request"),
    ] {
        let error = format!(
            "data: {{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"x\"}}}}\n\n"
        );
        let last = said(&error).pop().expect("an error");
        assert!(last.starts_with(&format!("error {code}:")), "{last}");
    }
    let long = r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#;
    let last = said(&events(&[long])).pop().expect("an error");
    assert!(last.starts_with("error context_too_long:"), "{last}");
    let last = said("data: <html>\n\n").pop().expect("an error");
    assert!(last.starts_with("error bad_chunk:"), "{last}");
}

#[test]
fn reasons_to_stop_have_their_words() {
    let stopped = |reason: &str| {
        let delta = format!(
            r#"{{"type":"message_delta","delta":{{"stop_reason":"{reason}"}},"usage":{{"output_tokens":0}}}}"#
        );
        hear(&events(&[&delta, r#"{"type":"message_stop"}"#])).concat()
    };
    assert_eq!(stopped("end_turn"), "stop");
    assert_eq!(stopped("stop_sequence"), "stop");
    assert_eq!(stopped("max_tokens"), "stop at the limit");
    assert_eq!(
        stopped("model_context_window_exceeded"),
        "stop at the limit"
    );
    assert_eq!(stopped("refusal"), "stopped by a filter");
}

#[test]
fn a_whole_message_is_heard_like_a_stream() {
    let message = r#"{"id":"m","type":"message","role":"assistant","model":"x","content":[
        {"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"a"},
        {"type":"tool_use","id":"t","name":"fs_list","input":{"path":"."}}],
        "stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":2}}"#;
    assert_eq!(
        hear(&events(&[&message.replace('\n', "")])),
        [
            r#"think "hm""#,
            r#"replay {"wire":"anthropic","type":"thinking","length":2,"signature":"s"}"#,
            r#"text "a""#,
            "call 0 t fs_list",
            r#"args 0 {"path":"."}"#,
            "usage in 3 (cached 0) out 2 (reasoning 0) total 5",
            "stop for tools",
        ]
    );
}

#[test]
fn a_signature_has_a_limit() {
    let piece = "x".repeat(600 * 1024);
    let delta = format!(
        r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"signature_delta","signature":"{piece}"}}}}"#
    );
    let last = hear(&events(&[&delta, &delta])).pop().expect("an error");
    assert!(last.starts_with("error provider_data_too_large:"), "{last}");
}
