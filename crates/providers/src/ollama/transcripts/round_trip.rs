//! What is encoded decodes to the same, in both directions.

use serde_json::{Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, ModelRequest, Usage},
};

use crate::{
    context_in, heard,
    ollama::{line_out::LineEncoder, request_in, request_out},
    sample::{self, assistant, listed, request, said, user},
    wire::Wire,
};

fn full_request() -> ModelRequest {
    let context = vec![
        user("list"),
        assistant(vec![
            context_in::thought("hm", None),
            said("I look."),
            listed("a", "x y"),
            listed("b", "z"),
        ]),
        assistant(vec![said("x, y and z.")]),
    ];
    ModelRequest {
        context_window: Some(8_192),
        ..sample::full_request("qwen3", context)
    }
}

#[test]
fn room_is_asked_for_only_where_the_caller_says_how_much() {
    let options = |request: &ModelRequest| {
        let body = request_out::encode(request).expect("encodes");
        body.get("options").cloned()
    };
    let told = options(&full_request()).expect("options");
    assert_eq!(told["num_ctx"], 8_192);
    assert_eq!(options(&request("m", vec![user("x")])), None);
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let body = request_out::encode(&full_request()).expect("encodes");
    let posted = request_in::decode(&body, full_request().session_id).expect("decodes");
    assert!(posted.stream);
    assert_eq!(posted.request, full_request());
}

#[test]
fn thoughts_go_back_within_the_turn_alone_and_what_others_made_does_not() {
    let sent = |behind: bool| {
        let foreign = json!({"wire": "anthropic", "type": "thinking", "signature": "x"});
        let parts = vec![context_in::thought("hm", Some(foreign)), listed("a|b", "x")];
        let mut context = vec![user("x"), assistant(parts)];
        if behind {
            context.push(user("and?"));
        }
        request_out::encode(&request("m", context)).expect("encodes")["messages"].clone()
    };
    assert_eq!(
        sent(false),
        json!([
            {"role": "user", "content": "x"},
            {"role": "assistant", "content": "", "thinking": "hm", "tool_calls": [
                {"id": "a_b", "type": "function",
                 "function": {"name": "fs_list", "arguments": {"path": "."}}},
            ]},
            {"role": "tool", "tool_name": "fs_list", "tool_call_id": "a_b", "content": "x"},
        ])
    );
    assert_eq!(sent(true)[1].get("thinking"), None);
}

#[test]
fn a_result_finds_its_call_by_name_when_it_names_no_id() {
    let call = |name: &str| json!({"function": {"name": name, "arguments": {}}});
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": "", "tool_calls": [call("f"), call("g"), call("f")]},
        {"role": "tool", "tool_name": "g", "content": "1"},
        {"role": "tool", "tool_name": "f", "content": "2"},
        {"role": "tool", "tool_name": "f", "content": "3"},
    ]});
    let posted = request_in::decode(&body, full_request().session_id).expect("decodes");
    let parts = &posted.request.messages[1].parts;
    let outputs: Vec<Value> = parts
        .iter()
        .map(|part| part.to_json()["output"].clone())
        .collect();
    assert_eq!(outputs, ["2", "1", "3"]);
}

#[test]
fn an_answer_reads_back_as_it_was_written() {
    let call = |index, id: &str| ModelEvent::ToolCall {
        index,
        id: id.into(),
        name: "fs_list".into(),
    };
    let args = |index, delta: &str| ModelEvent::ToolArgs {
        index,
        delta: delta.into(),
    };
    let usage = Usage {
        input: 8,
        output: 4,
        total: 12,
        requests: 1,
        ..Usage::default()
    };
    let calls = vec![
        call(0, "a"),
        args(0, "{\"a\":1}"),
        call(1, "b"),
        args(1, "{}"),
    ];
    for (reason, calls) in [
        (FinishReason::ToolCalls, calls),
        (FinishReason::Stop, vec![]),
        (FinishReason::Length, vec![]),
    ] {
        let mut events = vec![
            ModelEvent::Reasoning("h".into()),
            ModelEvent::Text("Grü\n\"ße".into()),
        ];
        events.extend(calls);
        events.extend([ModelEvent::Usage(usage), ModelEvent::Finished(reason)]);
        let mut encoder = LineEncoder::new("m".into(), "2026-11-24T16:00:00Z".into());
        let lines = events.iter().flat_map(|event| encoder.encode(event));
        let stream: String = lines.map(|line| format!("{line}\n")).collect();
        assert_eq!(
            heard::pieces(Wire::Ollama, [stream.as_bytes()]),
            (events, None)
        );
    }
}

#[test]
fn a_body_that_is_no_request_is_refused_by_member() {
    let param = |body: Value| {
        let session_id = full_request().session_id;
        request_in::decode(&body, session_id)
            .expect_err("refused")
            .param
    };
    let with = |message: Value| json!({"model": "m", "messages": [message]});
    assert_eq!(param(json!({"model": "m"})), "messages");
    assert_eq!(param(json!({"messages": []})), "model");
    assert_eq!(param(with(json!({"role": "robot"}))), "messages[0]");
    let image = json!({"role": "user", "content": "x", "images": ["aGk="]});
    assert_eq!(param(with(image)), "messages[0].images");
    let lone = json!({"role": "tool", "tool_name": "f", "content": "x"});
    assert_eq!(param(with(lone)), "messages[0]");
}
