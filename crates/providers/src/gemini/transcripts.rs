//! Golden transcripts: what servers of this wire send, and what must be heard.

mod round_trip;

use super::FULL_STREAM;
use crate::{heard, wire::Wire};

fn hear(stream: &str) -> Vec<String> {
    heard::lines(Wire::Gemini, stream)
}

/// A stream of candidates with these parts, without any ending.
fn parts(parts: &[&str]) -> String {
    let chunk = |part: &&str| {
        format!(
            "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{part}]}}}}],\"responseId\":\"r\"}}\n\n"
        )
    };
    parts.iter().map(chunk).collect()
}

fn finish(reason: &str) -> String {
    format!("data: {{\"candidates\":[{{\"finishReason\":\"{reason}\"}}]}}\n\n")
}

const CUT: &str = "error cut_stream: the provider's answer broke off in the middle";

#[test]
fn a_turn_with_a_thought_text_and_two_calls() {
    assert_eq!(
        hear(FULL_STREAM),
        [
            "usage in 30 (cached 0) out 0 (reasoning 0) total 30",
            r#"think "Let me see.""#,
            "usage in 30 (cached 0) out 13 (reasoning 9) total 43",
            r#"text "Grüße""#,
            r#"text ", 🙂.""#,
            r#"replay {"wire":"gemini","on":"text","length":4,"signature":"AbC="}"#,
            r#"replay {"wire":"gemini","on":"call","signature":"DeF="}"#,
            "call 0 call_0_r1 fs_list",
            r#"args 0 {"path":"ä"}"#,
            "call 1 x1 git_status",
            "args 1 {}",
            "usage in 30 (cached 8) out 29 (reasoning 9) total 59",
            "stop for tools",
        ]
    );
}

#[test]
fn signatures_are_kept_wherever_they_stand() {
    let stream = parts(&[
        r#"{"text":"a","thought":true},{"text":"b","thought":true,"thoughtSignature":"s1"}"#,
        r#"{"text":"","thoughtSignature":"s2"}"#,
        r#"{"thoughtSignature":"s3"}"#,
    ]) + &finish("STOP");
    assert_eq!(
        hear(&stream),
        [
            r#"think "a""#,
            r#"think "b""#,
            r#"replay {"wire":"gemini","on":"thought","length":2,"signature":"s1"}"#,
            r#"replay {"wire":"gemini","on":"text","length":0,"signature":"s2"}"#,
            r#"replay {"wire":"gemini","on":"text","length":0,"signature":"s3"}"#,
            "stop",
        ]
    );
    let long = format!(
        r#"{{"thoughtSignature":"{}"}}"#,
        "x".repeat(1024 * 1024 + 1)
    );
    let last = hear(&parts(&[&long])).pop().expect("an error");
    assert!(last.starts_with("error provider_data_too_large:"), "{last}");
}

#[test]
fn parts_and_members_of_unknown_kinds_are_kept_raw() {
    let stream = parts(&[
        r#"{"inlineData":{"mimeType":"image/png"}},{"text":"a","videoMetadata":{"n":1}}"#,
    ]) + "data: {\"candidates\":[{\"groundingMetadata\":{\"n\":1},\"finishReason\":\"NEW\"},{\"index\":1}],\"brandNew\":2}\n\n";
    assert_eq!(
        hear(&stream),
        [
            r#"unknown {"parts":[{"inlineData":{"mimeType":"image/png"}}]}"#,
            r#"text "a""#,
            r#"unknown {"videoMetadata":{"n":1}}"#,
            r#"unknown {"finishReason":"NEW"}"#,
            r#"unknown {"groundingMetadata":{"n":1}}"#,
            r#"unknown {"candidates":[{"index":1}]}"#,
            r#"unknown {"brandNew":2}"#,
            "stop",
        ]
    );
}

#[test]
fn a_stream_without_a_reason_is_cut() {
    let call = r#"{"functionCall":{"name":"fs_list"}}"#;
    assert_eq!(
        hear(&parts(&[call])),
        ["call 0 call_0_r fs_list", "args 0 {}", CUT]
    );
}

#[test]
fn reasons_to_stop_have_their_words() {
    let stopped = |reason: &str| hear(&finish(reason)).concat();
    assert_eq!(stopped("STOP"), "stop");
    assert_eq!(stopped("MAX_TOKENS"), "stop at the limit");
    for reason in ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "SPII"] {
        assert_eq!(stopped(reason), "stopped by a filter");
    }
    assert_eq!(stopped(""), CUT);
    assert_eq!(
        stopped("MALFORMED_FUNCTION_CALL"),
        "error malformed_call: the model made a call that is none: MALFORMED_FUNCTION_CALL"
    );
    let blocked = "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n";
    assert_eq!(
        hear(blocked),
        [
            r#"unknown {"promptFeedback":{"blockReason":"SAFETY"}}"#,
            "stopped by a filter"
        ]
    );
}

#[test]
fn an_answer_that_says_it_failed_is_an_error() {
    for reason in ["OTHER", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE"] {
        let stream = parts(&[r#"{"text":"a"}"#]) + &finish(reason);
        let (events, error) = heard::pieces(Wire::Gemini, [stream.as_bytes()]);
        assert_eq!(events.len(), 1, "{events:?}");
        let error = error.expect("an error");
        assert_eq!(
            (error.code.as_str(), error.retryable),
            ("provider_error", true)
        );
        assert!(error.message.ends_with(reason), "{error}");
    }
}

#[test]
fn an_error_inside_a_stream_is_an_error() {
    let said = |error: &str| {
        let stream = parts(&[r#"{"text":"a"}"#]) + &format!("data: {error}\n\n");
        hear(&stream).pop().expect("an error")
    };
    let busy = r#"{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}"#;
    assert_eq!(
        said(busy),
        "error provider_error: the provider reported an error: overloaded"
    );
    let quota = r#"{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}"#;
    assert!(said(quota).starts_with("error rate_limited:"));
    let key =
        r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}"#;
    assert!(said(key).starts_with("error unauthorized:"));
    let long =
        r#"{"error":{"code":400,"message":"The input token count (9) exceeds the maximum"}}"#;
    assert!(said(long).starts_with("error context_too_long:"));
}

#[test]
fn an_array_of_chunks_is_heard_like_a_stream() {
    let chunks = r#"[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"finishReason":"STOP"}]}]"#;
    assert_eq!(
        hear(&format!("data: {chunks}\n\n")),
        [r#"text "a""#, "stop"]
    );
}
