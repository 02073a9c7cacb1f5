//! Golden transcripts: what servers of this wire send, and what must be heard.

mod round_trip;

use super::FULL_STREAM;
use crate::{heard, wire::Wire};

fn hear(stream: &str) -> Vec<String> {
    heard::lines(Wire::Responses, stream)
}

/// A stream of these events, without any ending.
fn events(datas: &[&str]) -> String {
    datas
        .iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect()
}

const CUT: &str = "error cut_stream: the provider's answer broke off in the middle";

#[test]
fn a_turn_with_reasoning_text_and_two_calls() {
    assert_eq!(
        hear(FULL_STREAM),
        [
            r#"think "Let me""#,
            r#"think " see.""#,
            r#"think "\n\n""#,
            r#"think "More.""#,
            r#"replay {"wire":"responses","item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Let me see."},{"type":"summary_text","text":"More."}],"encrypted_content":"gAAA=="}}"#,
            r#"text "Grüße""#,
            r#"text ", 🙂.""#,
            "call 0 call_1 fs_list",
            r#"args 0 {"path":"#,
            r#"args 0 "ä"}"#,
            "call 1 call_2 git_status",
            "args 1 {}",
            "usage in 30 (cached 20) out 89 (reasoning 64) total 119",
            "stop for tools",
        ]
    );
}

#[test]
fn what_came_without_pieces_is_told_when_it_comes_whole() {
    let stream = events(&[
        r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"hm"}]}}"#,
        r#"{"type":"response.output_text.delta","output_index":1,"delta":"Hel"}"#,
        r#"{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"Hello"},{"type":"refusal","refusal":" no"}]}}"#,
        r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"reasoning"},{"type":"message"},{"type":"function_call","call_id":"c","name":"fs_list","arguments":"{\"a\":1}"}]}}"#,
    ]);
    assert_eq!(
        hear(&stream),
        [
            r#"think "hm""#,
            r#"text "Hel""#,
            r#"text "lo no""#,
            "call 0 c fs_list",
            r#"args 0 {"a":1}"#,
            "stop for tools",
        ]
    );
    let whole = r#"{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}],"usage":{"input_tokens":1,"output_tokens":2}}"#;
    assert_eq!(
        hear(&events(&[whole])),
        [
            r#"text "a""#,
            "usage in 1 (cached 0) out 2 (reasoning 0) total 3",
            "stop at the limit"
        ]
    );
}

#[test]
fn events_and_items_of_unknown_kinds_are_kept_raw() {
    let stream = events(&[
        r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"web_search_call","id":"w"}}"#,
        r#"{"type":"response.web_search_call.searching","output_index":0}"#,
        r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"web_search_call","id":"w"}}"#,
        r#"{"type":"response.completed","response":{"status":"completed"}}"#,
    ]);
    assert_eq!(
        hear(&stream),
        [
            r#"unknown {"type":"response.web_search_call.searching","output_index":0}"#,
            r#"unknown {"type":"web_search_call","id":"w"}"#,
            "stop",
        ]
    );
}

#[test]
fn an_unfinished_call_is_told_with_its_partial_arguments() {
    let head = [
        r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"fs_write","arguments":""}}"#,
        r#"{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"pa"}"#,
    ];
    assert_eq!(
        hear(&events(&head)),
        ["call 0 c fs_write", "args 0 {\"pa", CUT]
    );
    let limit = r#"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"function_call","call_id":"c","name":"fs_write","arguments":"{\"pa"}]}}"#;
    assert_eq!(
        hear(&events(&[head[0], head[1], limit])),
        ["call 0 c fs_write", "args 0 {\"pa", "stop at the limit"]
    );
}

#[test]
fn a_call_that_the_limit_cut_before_its_arguments_gets_none() {
    let call = |at: u32, id: &str| {
        let item = format!(
            r#"{{"type":"function_call","call_id":"{id}","name":"fs_list","arguments":""}}"#
        );
        let event = |kind: &str| {
            format!(r#"{{"type":"response.output_item.{kind}","output_index":{at},"item":{item}}}"#)
        };
        [event("added"), event("done")]
    };
    let said = |end: &str| {
        let all = [call(0, "a"), call(1, "b")].concat();
        let all: Vec<&str> = all.iter().map(String::as_str).chain([end]).collect();
        hear(&events(&all))
    };
    let (first, second) = ("call 0 a fs_list", "call 1 b fs_list");
    let limit = r#"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}"#;
    assert_eq!(
        said(limit),
        [first, "args 0 {}", second, "stop at the limit"]
    );
    let whole = r#"{"type":"response.completed","response":{"status":"completed"}}"#;
    assert_eq!(
        said(whole),
        [first, "args 0 {}", second, "args 1 {}", "stop for tools"]
    );
}

#[test]
fn failures_inside_a_stream_are_errors() {
    let last = |event: &str| hear(&events(&[event])).pop().expect("an error");
    let failed = r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"slow down"}}}"#;
    assert_eq!(
        last(failed),
        "error rate_limited: the provider reported an error: slow down"
    );
    let error = r#"{"type":"error","code":"server_error","message":"it broke","param":null}"#;
    assert_eq!(
        last(error),
        "error provider_error: the provider reported an error: it broke"
    );
    let nested = r#"{"type":"error","error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"x"}}"#;
    assert!(last(nested).starts_with("error context_too_long:"));
    let filtered = r#"{"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"}}}"#;
    assert_eq!(last(filtered), "stopped by a filter");
    assert_eq!(hear("data: [DONE]\n\n"), [CUT]);
}

#[test]
fn what_must_be_kept_has_a_limit() {
    let sealed = "x".repeat(1024 * 1024);
    let item = format!(
        r#"{{"type":"response.output_item.done","output_index":0,"item":{{"type":"reasoning","encrypted_content":"{sealed}"}}}}"#
    );
    let last = hear(&events(&[&item])).pop().expect("an error");
    assert!(last.starts_with("error provider_data_too_large:"), "{last}");
}
