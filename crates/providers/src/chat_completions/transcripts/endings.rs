//! How a stream may end, and what each ending means.

use proptest::prelude::*;
use weald_domain::{message::FinishReason, model::ModelEvent};

use super::{chunks, decode, hear};

const CUT: &str = "error cut_stream: the provider's answer broke off in the middle";

fn said(ending: &str) -> Vec<String> {
    hear(&(chunks(&[r#""delta":{"content":"a"}"#]) + ending))
}

#[test]
fn done_ends_a_stream_however_often_it_comes() {
    assert_eq!(said("data: [DONE]\n\n"), [r#"text "a""#, "stop"]);
    let late = chunks(&[r#""delta":{"content":"late"}"#]);
    let twice = format!("data: [DONE]\n\ndata: [DONE]\n\n{late}");
    assert_eq!(said(&twice), [r#"text "a""#, "stop"]);
    assert_eq!(said("data: [DONE]\n"), [r#"text "a""#, "stop"]);
}

#[test]
fn a_finish_reason_ends_a_stream_without_done_and_usage_may_follow() {
    let ending = chunks(&[r#""delta":{},"finish_reason":"content_filter""#])
        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
    assert_eq!(
        said(&ending),
        [
            r#"text "a""#,
            "usage in 1 (cached 0) out 2 (reasoning 0) total 3",
            "stopped by a filter"
        ]
    );
}

#[test]
fn a_stream_without_either_is_cut() {
    assert_eq!(said(""), [r#"text "a""#, CUT]);
    assert_eq!(said("data: {\"choi"), [r#"text "a""#, CUT]);
    assert_eq!(hear(""), [CUT]);
}

#[test]
fn a_cut_keeps_the_call_that_was_being_written() {
    let call = r#""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"one"}}]}"#;
    assert_eq!(hear(&chunks(&[call])), ["call 0 a one", CUT]);
    let args = r#""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x"}}]}"#;
    assert_eq!(
        hear(&chunks(&[call, args])),
        ["call 0 a one", r#"args 0 {"x"#, CUT]
    );
}

#[test]
fn errors_in_a_stream_are_told_apart() {
    let code = |error: &str| {
        let wire = format!("data: {{\"error\":{error}}}\n\n");
        decode(&wire).1.map(|error| (error.code, error.retryable))
    };
    let told = |code: &str, retryable| Some((code.to_owned(), retryable));
    assert_eq!(
        code(r#"{"code":429,"message":"slow"}"#),
        told("rate_limited", true)
    );
    assert_eq!(
        code(r#"{"type":"insufficient_quota"}"#),
        told("quota_exhausted", false)
    );
    assert_eq!(code(r#"{"code":"401"}"#), told("unauthorized", false));
    assert_eq!(
        code(r#"{"code":"context_length_exceeded"}"#),
        told("context_too_long", false)
    );
    assert_eq!(
        code(r#"{"type":"invalid_request_error"}"#),
        told("bad_request", false)
    );
    assert_eq!(code(r#""plain words""#), told("provider_error", true));
}

#[test]
fn an_answer_that_says_it_failed_is_an_error() {
    for reason in ["error", "insufficient_system_resource"] {
        let ending = format!(r#""delta":{{}},"finish_reason":"{reason}""#);
        let wire = chunks(&[r#""delta":{"content":"a"}"#, &ending]) + "data: [DONE]\n\n";
        let (events, error) = decode(&wire);
        assert_eq!(events, [ModelEvent::Text("a".into())], "{reason}");
        let error = error.expect("an error");
        assert_eq!(
            (error.code.as_str(), error.retryable),
            ("provider_error", true)
        );
        assert!(error.message.ends_with(reason), "{error}");
    }
}

#[test]
fn what_is_not_json_is_an_error_and_what_is_no_object_is_unknown() {
    assert_eq!(
        said("data: <html>\n\n"),
        [
            r#"text "a""#,
            "error bad_chunk: the provider sent a chunk that is no JSON: <html>"
        ]
    );
    assert_eq!(
        said("data: 1\n\ndata: {\"ping\":2}\n\ndata: [DONE]\n\n"),
        [r#"text "a""#, "unknown 1", r#"unknown {"ping":2}"#, "stop"]
    );
    let second = "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n";
    assert_eq!(
        said(&format!("{second}data: [DONE]\n\n")),
        [
            r#"text "a""#,
            r#"unknown {"choices":[{"index":1,"delta":{"content":"b"}}]}"#,
            "stop"
        ]
    );
}

#[test]
fn a_stream_cut_after_any_byte_is_an_error_until_it_has_said_why_it_stops() {
    let text = chunks(&[r#""delta":{"content":"Grüße"}"#]);
    let end = chunks(&[r#""delta":{},"finish_reason":"stop""#]);
    let wire = format!("{text}{end}data: [DONE]\n\n");
    // The chunk with the reason counts once its line is complete.
    let settled = text.len() + end.len() - 1;
    for at in 0..=wire.len() {
        let head = String::from_utf8_lossy(&wire.as_bytes()[..at]).into_owned();
        let (events, error) = decode(&head);
        let finished = events.contains(&ModelEvent::Finished(FinishReason::Stop));
        assert_eq!(finished, at >= settled, "cut after {at} bytes");
        assert_eq!(error.is_none(), finished, "cut after {at} bytes");
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let word = prop_oneof![
        Just("choices".to_owned()),
        Just("delta".into()),
        Just("message".into()),
        Just("content".into()),
        Just("reasoning".into()),
        Just("reasoning_details".into()),
        Just("tool_calls".into()),
        Just("function".into()),
        Just("arguments".into()),
        Just("name".into()),
        Just("id".into()),
        Just("index".into()),
        Just("usage".into()),
        Just("prompt_tokens".into()),
        Just("finish_reason".into()),
        Just("type".into()),
        Just("text".into()),
        Just("thinking".into()),
        Just("stop".into()),
        ".{0,3}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (0_u64..3).prop_map(Into::into),
        word.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_chunk_panics_and_a_stream_ends_exactly_once(
        frames in proptest::collection::vec(json(), 0..6),
        junk in ".{0,20}",
    ) {
        let mut wire: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).collect();
        wire.push_str(&format!("data: {junk}\n\n"));
        let (events, error) = decode(&wire);
        let finished = events
            .iter()
            .filter(|event| matches!(event, ModelEvent::Finished(_)))
            .count();
        prop_assert_eq!(finished + usize::from(error.is_some()), 1);
    }

    #[test]
    fn every_piece_of_text_is_heard(
        pieces in proptest::collection::vec((".{0,8}", ".{0,8}"), 0..8),
    ) {
        let deltas: Vec<String> = pieces
            .iter()
            .map(|(thought, text)| {
                serde_json::json!({"reasoning_content": thought, "content": text}).to_string()
            })
            .map(|delta| format!("\"delta\":{delta}"))
            .collect();
        let deltas: Vec<&str> = deltas.iter().map(String::as_str).collect();
        let (events, _) = decode(&chunks(&deltas));
        let mut heard = (String::new(), String::new());
        for event in events {
            if let ModelEvent::Reasoning(text) = &event {
                heard.0.push_str(text);
            } else if let ModelEvent::Text(text) = &event {
                heard.1.push_str(text);
            }
        }
        let (thought, text): (Vec<String>, Vec<String>) = pieces.into_iter().unzip();
        prop_assert_eq!(heard, (thought.concat(), text.concat()));
    }
}

#[test]
fn what_must_be_kept_has_a_limit() {
    let data = "x".repeat(600 * 1024);
    let block = format!(
        r#""delta":{{"reasoning_details":[{{"type":"reasoning.encrypted","data":"{data}"}}]}}"#
    );
    let last = hear(&chunks(&[&block, &block])).pop().expect("an error");
    assert!(last.starts_with("error provider_data_too_large:"), "{last}");
}
