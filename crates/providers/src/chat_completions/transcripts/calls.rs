//! Tool calls of servers that number them in ways of their own.

use super::{chunks, hear};

const END: &str = "data: [DONE]\n\n";

fn hear_calls(calls: &[&str]) -> Vec<String> {
    let deltas: Vec<String> = calls
        .iter()
        .map(|call| format!("\"delta\":{{\"tool_calls\":[{call}]}}"))
        .collect();
    let deltas: Vec<&str> = deltas.iter().map(String::as_str).collect();
    hear(&(chunks(&deltas) + END))
}

#[test]
fn fragments_without_an_index_continue_the_last_call() {
    assert_eq!(
        hear_calls(&[
            r#"{"id":"a","function":{"name":"one","arguments":""}}"#,
            r#"{"function":{"arguments":"{\"x\":"}}"#,
            r#"{"function":{"arguments":"1}"}}"#,
            r#"{"id":"b","function":{"name":"two","arguments":"{}"}}"#,
        ]),
        [
            "call 0 a one",
            r#"args 0 {"x":"#,
            "args 0 1}",
            "call 1 b two",
            "args 1 {}",
            "stop for tools"
        ]
    );
}

#[test]
fn an_id_in_every_fragment_is_no_new_call() {
    assert_eq!(
        hear_calls(&[
            r#"{"id":"a","function":{"name":"one","arguments":"{\"x\""}}"#,
            r#"{"id":"a","function":{"name":"one","arguments":":1}"}}"#,
            r#"{"id":"b","function":{"name":"two","arguments":"{\"y\""}}"#,
            r#"{"id":"b","function":{"arguments":":2}"}}"#,
        ]),
        [
            "call 0 a one",
            r#"args 0 {"x""#,
            "args 0 :1}",
            "call 1 b two",
            r#"args 1 {"y""#,
            "args 1 :2}",
            "stop for tools"
        ]
    );
}

#[test]
fn whole_calls_under_the_same_index_are_two_calls() {
    assert_eq!(
        hear_calls(&[
            r#"{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":1}"}}"#,
            r#"{"index":0,"id":"b","function":{"name":"one","arguments":"{\"x\":2}"}}"#,
            r#"{"index":0,"id":"","function":{"name":"one","arguments":"{\"x\":3}"}}"#,
        ]),
        [
            "call 0 a one",
            r#"args 0 {"x":1}"#,
            "call 1 b one",
            r#"args 1 {"x":2}"#,
            "call 2 call_2_ one",
            r#"args 2 {"x":3}"#,
            "stop for tools"
        ]
    );
}

#[test]
fn calls_without_ids_or_with_the_same_id_get_ids_of_their_own() {
    assert_eq!(
        hear_calls(&[
            r#"{"index":0,"function":{"name":"one","arguments":{"x":1}}}"#,
            r#"{"index":1,"id":"dup","function":{"name":"two"}}"#,
            r#"{"index":2,"id":"dup","function":{"name":"three","arguments":null}}"#,
        ]),
        [
            "call 0 call_0_ one",
            r#"args 0 {"x":1}"#,
            "call 1 dup two",
            "call 2 dup_2 three",
            "args 1 {}",
            "args 2 {}",
            "stop for tools"
        ]
    );
}

#[test]
fn interleaved_fragments_find_their_call_and_a_cut_name_is_put_together() {
    assert_eq!(
        hear_calls(&[
            r#"{"index":1,"id":"a","function":{"name":"fs_","arguments":""}}"#,
            r#"{"index":1,"function":{"name":"list"}}"#,
            r#"{"index":2,"id":"b","function":{"name":"two","arguments":""}}"#,
            r#"{"index":2,"function":{"arguments":"{\"t\":\"}\"}"}}"#,
            r#"{"index":1,"function":{"arguments":"{}"}}"#,
        ]),
        [
            "call 0 a fs_list",
            "call 1 b two",
            r#"args 1 {"t":"}"}"#,
            "args 0 {}",
            "stop for tools"
        ]
    );
}

#[test]
fn a_call_that_the_limit_cut_before_its_arguments_gets_none() {
    for (reason, told) in [
        ("length", "stop at the limit"),
        ("content_filter", "stopped by a filter"),
    ] {
        let wire = chunks(&[
            r#""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"one"}}]}"#,
            r#""delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"two"}}]}"#,
            &format!(r#""delta":{{}},"finish_reason":"{reason}""#),
        ]);
        assert_eq!(
            hear(&(wire + END)),
            ["call 0 a one", "call 1 b two", "args 0 {}", told]
        );
    }
}

#[test]
fn the_old_function_call_is_a_call() {
    let wire = chunks(&[
        r#""delta":{"function_call":{"name":"one","arguments":""}}"#,
        r#""delta":{"function_call":{"arguments":"{\"x\":1}"}}"#,
        r#""delta":{},"finish_reason":"function_call""#,
    ]);
    assert_eq!(
        hear(&wire),
        ["call 0 call_0_ one", r#"args 0 {"x":1}"#, "stop for tools"]
    );
}

#[test]
fn a_call_that_is_no_object_is_kept_as_unknown() {
    assert_eq!(
        hear_calls(&["7"]),
        [r#"unknown {"tool_calls":[7]}"#, "stop"]
    );
}
