//! What is encoded decodes to the same, in both directions.

use serde_json::{Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, ModelRequest, Usage},
};

use crate::{
    context_in, heard,
    responses::{event_out::EventEncoder, request_in, request_out},
    sample::{self, assistant, listed, request, said, user},
    wire::Wire,
};

fn kept() -> Value {
    json!({"wire": "responses", "item": {
        "type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}],
        "encrypted_content": "gAAA",
    }})
}

fn full_request() -> ModelRequest {
    sample::full_request(
        "o3",
        vec![
            user("list"),
            assistant(vec![
                context_in::thought("hm", Some(kept())),
                said("I look."),
                listed("a", "x y"),
                listed("b", "z"),
            ]),
            assistant(vec![said("x, y and z.")]),
        ],
    )
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let body = request_out::encode(&full_request()).expect("encodes");
    assert_eq!(body["store"], false);
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
    let posted = request_in::decode(&body, full_request().session_id).expect("decodes");
    assert!(posted.stream);
    assert_eq!(posted.request, full_request());
}

#[test]
fn reasoning_goes_back_verbatim_and_in_place() {
    let body = request_out::encode(&full_request()).expect("encodes");
    let kinds = |item: &Value| item["type"].as_str().expect("a type").to_owned();
    let items = body["input"].as_array().expect("items");
    assert_eq!(
        items.iter().map(kinds).collect::<Vec<_>>(),
        [
            "message",
            "reasoning",
            "message",
            "function_call",
            "function_call",
            "function_call_output",
            "function_call_output",
            "message"
        ]
    );
    assert_eq!(items[1], kept()["item"]);
    assert_eq!(items[3]["arguments"], "{\"path\":\".\"}");

    let foreign = json!({"wire": "anthropic", "type": "thinking", "length": 2, "signature": "s"});
    let context = vec![
        user("x"),
        assistant(vec![
            context_in::thought("hm", Some(foreign)),
            said("a"),
            context_in::thought("cut", Some(kept())),
        ]),
    ];
    let body = request_out::encode(&request("gpt-4o", context)).expect("encodes");
    let items = body["input"].as_array().expect("items");
    assert_eq!(
        items.iter().map(kinds).collect::<Vec<_>>(),
        ["message", "message"]
    );
    assert_eq!(body.get("include"), None);
}

#[test]
fn an_answer_reads_back_as_it_was_written() {
    let args = |index, delta: &str| ModelEvent::ToolArgs {
        index,
        delta: delta.into(),
    };
    let call = |index, id: &str| ModelEvent::ToolCall {
        index,
        id: id.into(),
        name: "fs_list".into(),
    };
    let sealed = json!({"wire": "responses", "item": {
        "type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "gBBB",
    }});
    let usage = Usage {
        input: 8,
        output: 4,
        cache_read: 2,
        cache_write: 1,
        reasoning: 3,
        total: 12,
        requests: 1,
    };
    for (reason, calls) in [
        (
            FinishReason::ToolCalls,
            vec![
                call(0, "a"),
                call(1, "b"),
                args(0, "{\"a\":"),
                args(1, "{}"),
                args(0, "1}"),
            ],
        ),
        (FinishReason::Stop, vec![]),
        (FinishReason::Length, vec![]),
        (FinishReason::ContentFilter, vec![]),
    ] {
        let mut events = vec![
            ModelEvent::Reasoning("h".into()),
            ModelEvent::Reasoning("m".into()),
            ModelEvent::ReasoningProvider(kept()),
            ModelEvent::ReasoningProvider(sealed.clone()),
            ModelEvent::Text("Grü\n\"ße".into()),
            ModelEvent::Text("!".into()),
        ];
        events.extend(calls);
        events.extend([ModelEvent::Usage(usage), ModelEvent::Finished(reason)]);
        let mut encoder = EventEncoder::new("resp_1".into(), "m".into(), 1);
        let frames: Vec<_> = events.iter().flat_map(|e| encoder.encode(e)).collect();
        for (frame, number) in frames.iter().zip(0..) {
            let data: Value = serde_json::from_str(&frame.data).expect("JSON");
            assert_eq!(data["sequence_number"], number);
            assert_eq!(data["type"].as_str(), frame.kind);
        }
        let stream: String = frames.iter().map(|frame| frame.to_sse()).collect();
        assert_eq!(
            heard::pieces(Wire::Responses, [stream.as_bytes()]),
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
    let with = |item: Value| json!({"model": "m", "input": [item]});
    assert_eq!(param(json!({"input": "x"})), "model");
    assert_eq!(param(json!({"model": "m"})), "input");
    assert_eq!(
        param(with(json!({"role": "robot", "content": "x"}))),
        "input[0]"
    );
    assert_eq!(param(with(json!({"type": "odd"}))), "input[0]");
    let lone = json!({"type": "function_call_output", "call_id": "a", "output": "x"});
    assert_eq!(param(with(lone)), "input[0].call_id");
    let image = json!({"role": "user", "content": [{"type": "input_image"}]});
    assert_eq!(param(with(image)), "input[0].content");
    let stored = json!({"model": "m", "input": "x", "previous_response_id": "r"});
    assert_eq!(param(stored), "previous_response_id");
    let session_id = full_request().session_id;
    let plain = request_in::decode(&json!({"model": "m", "input": "x"}), session_id);
    assert_eq!(plain.expect("a request").request.messages, [user("x")]);
}
