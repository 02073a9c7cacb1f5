//! Contexts as this wire wants them.

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, Part, TextState, ToolState},
    model::ContextMessage,
};

use crate::{
    anthropic::request_out,
    sample::{assistant, ended, request, said, tool, user},
};

fn thought(text: &str, kept: Value) -> Part {
    Part::Reasoning {
        text: text.into(),
        state: TextState::Done,
        provider: Some(kept),
    }
}

fn messages(messages: Vec<ContextMessage>) -> Value {
    let body = request_out::encode(&request("claude-x", messages)).expect("encodes");
    let mut messages = body["messages"].clone();
    let last = messages.as_array_mut().and_then(|all| all.last_mut());
    let content = last.and_then(|last| last["content"].as_array_mut());
    let block = content.and_then(|content| content.last_mut());
    let marked = block.and_then(|block| block.as_object_mut()?.remove("cache_control"));
    assert_eq!(marked, Some(json!({"type": "ephemeral"})));
    messages
}

#[test]
fn thoughts_go_back_verbatim_and_in_place() {
    let kept = json!([
        {"wire": "anthropic", "type": "thinking", "length": 3, "signature": "s1"},
        {"wire": "anthropic", "type": "redacted_thinking", "data": "d"},
        {"wire": "anthropic", "type": "thinking", "length": 2, "signature": "s2"},
    ]);
    let done = ended(json!({"path": "."}), Outcome::Ok, json!("x"));
    let context = vec![
        user("list"),
        assistant(vec![
            thought("größer, unsigned", kept.clone()),
            said("I look."),
            thought("", json!([kept[1]])),
            tool("t", "fs_list", done),
            thought("at the end", json!([kept[0]])),
        ]),
    ];
    assert_eq!(
        messages(context),
        json!([
            {"role": "user", "content": [{"type": "text", "text": "list"}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "grö", "signature": "s1"},
                {"type": "redacted_thinking", "data": "d"},
                {"type": "thinking", "thinking": "ße", "signature": "s2"},
                {"type": "text", "text": "I look."},
                {"type": "redacted_thinking", "data": "d"},
                {"type": "tool_use", "id": "t", "name": "fs_list", "input": {"path": "."}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t", "content": "x"},
            ]},
        ])
    );
}

#[test]
fn what_another_wire_made_is_left_out_and_the_rest_is_translated() {
    let foreign = json!([{"wire": "responses", "item": {}}, {"field": "reasoning"}]);
    let context = vec![
        user("x"),
        assistant(vec![
            thought("hm", foreign),
            tool(
                "call|1",
                "fs_list",
                ended(json!({}), Outcome::Error, json!("no")),
            ),
            tool(
                "call|1",
                "fs_list",
                ToolState::InputStreaming {
                    raw: "{\"pa".into(),
                },
            ),
        ]),
        user("and?"),
        assistant(vec![thought("only a thought", json!([]))]),
        user("still there?"),
    ];
    let sent = messages(context);
    assert_eq!(
        sent[1]["content"],
        json!([
            {"type": "tool_use", "id": "call_1", "name": "fs_list", "input": {}},
            {"type": "tool_use", "id": "call_1_2", "name": "fs_list", "input": {}},
        ])
    );
    assert_eq!(
        sent[2]["content"],
        json!([
            {"type": "tool_result", "tool_use_id": "call_1", "content": "The tool failed: no",
             "is_error": true},
            {"type": "tool_result", "tool_use_id": "call_1_2",
             "content": "interrupted before it ran", "is_error": true},
            {"type": "text", "text": "and?"},
            {"type": "text", "text": "still there?"},
        ])
    );
    assert_eq!(sent.as_array().map(Vec::len), Some(3));
}

#[test]
fn limits_and_heat_are_within_what_the_wire_takes() {
    let body = |model: &str| {
        let mut request = request(model, vec![user("x")]);
        request.temperature = Some(1.7);
        request_out::encode(&request).expect("encodes")
    };
    assert_eq!(body("claude-opus-4-1")["max_tokens"], 32_000);
    assert_eq!(body("claude-3-5-haiku-latest")["max_tokens"], 8_192);
    assert_eq!(body("claude-3-haiku-20240307")["max_tokens"], 4_096);
    assert_eq!(body("glm-5")["max_tokens"], 8_192);
    assert_eq!(body("glm-5")["temperature"], 1.0);
    let file = Part::from_json(json!({"type": "file", "mediaType": "image/png", "url": "a:1"}));
    let error = request_out::encode(&request("m", vec![assistant(vec![file])]));
    assert_eq!(error.expect_err("refused").code, "unsupported_part");
}
