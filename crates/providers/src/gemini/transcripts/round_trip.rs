//! What is encoded decodes to the same, in both directions.

use serde_json::{Value, json};
use weald_domain::{
    message::{FinishReason, Outcome, ToolState},
    model::{ModelEvent, ModelRequest, Usage},
};

use crate::{
    context_in,
    gemini::{chunk_out::ChunkEncoder, request_in, request_out},
    heard,
    sample::{self, assistant, listed, request, said, tool, user},
    wire::Wire,
};

fn on_call(signature: &str) -> Value {
    json!({"wire": "gemini", "on": "call", "signature": signature})
}

fn full_request() -> ModelRequest {
    let on_thought = json!({"wire": "gemini", "on": "thought", "length": 2, "signature": "s0"});
    let on_text = json!({"wire": "gemini", "on": "text", "length": 7, "signature": "s1"});
    sample::full_request(
        "gemini-3-pro",
        vec![
            user("list"),
            assistant(vec![
                context_in::thought("hm", Some(on_thought)),
                said("I look."),
                context_in::thought("", Some(on_text)),
                context_in::thought("", Some(on_call("s2"))),
                listed("a", "x y"),
                listed("b", "z"),
            ]),
            assistant(vec![said("x, y and z.")]),
            user("thanks"),
        ],
    )
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let body = request_out::encode(&full_request()).expect("encodes");
    let session_id = full_request().session_id;
    let read = request_in::decode(&body, "gemini-3-pro".into(), session_id);
    assert_eq!(read.expect("decodes"), full_request());
}

#[test]
fn signatures_go_back_verbatim_and_in_place() {
    let body = request_out::encode(&full_request()).expect("encodes");
    let args = json!({"path": "."});
    assert_eq!(
        body["contents"][1]["parts"],
        json!([
            {"text": "hm", "thought": true, "thoughtSignature": "s0"},
            {"text": "I look.", "thoughtSignature": "s1"},
            {"functionCall": {"id": "a", "name": "fs_list", "args": args},
             "thoughtSignature": "s2"},
            {"functionCall": {"id": "b", "name": "fs_list", "args": args}},
        ])
    );
    let half = json!({"wire": "gemini", "on": "text", "length": 3, "signature": "s"});
    let empty = json!({"wire": "gemini", "on": "text", "length": 0, "signature": "t"});
    let parts = vec![
        said("größer"),
        context_in::thought("", Some(half)),
        context_in::thought("", Some(empty)),
    ];
    let body = request_out::encode(&request("m", vec![user("x"), assistant(parts)]));
    assert_eq!(
        body.expect("encodes")["contents"][1]["parts"],
        json!([
            {"text": "grö"},
            {"text": "ßer", "thoughtSignature": "s"},
            {"text": "", "thoughtSignature": "t"},
        ])
    );
}

#[test]
fn what_another_wire_made_is_left_out_and_the_rest_is_translated() {
    let sent = |model: &str| {
        let foreign = json!({"wire": "anthropic", "type": "thinking", "signature": "x"});
        let failed = ToolState::Ended {
            input: json!({}),
            outcome: Outcome::Error,
            output: json!("no"),
            duration_ms: 0,
            truncated: false,
            asset_ids: Vec::new(),
        };
        let parts = vec![
            context_in::thought("hm", Some(foreign)),
            tool("toolu_1", "fs_list", failed),
            listed("toolu_2", "x"),
        ];
        let only_thought = vec![context_in::thought("hm", None)];
        let context = vec![user("x"), assistant(parts), assistant(only_thought)];
        request_out::encode(&request(model, context)).expect("encodes")["contents"].clone()
    };
    let call = |id: &str, args: Value| json!({"functionCall": {"id": id, "name": "fs_list", "args": args}});
    let plain = json!([
        call("toolu_1", json!({})),
        call("toolu_2", json!({"path": "."}))
    ]);
    assert_eq!(sent("gemini-2.5-pro")[1]["parts"], plain);
    let mut marked = plain;
    marked[0]["thoughtSignature"] = json!("skip_thought_signature_validator");
    assert_eq!(sent("gemini-3-pro")[1]["parts"], marked);
    let failed = &sent("m")[2]["parts"][0]["functionResponse"];
    assert_eq!(failed["response"], json!({"error": "The tool failed: no"}));
    assert_eq!(sent("m").as_array().map(Vec::len), Some(3));
}

#[test]
fn an_answer_reads_back_as_it_was_written() {
    let on_thought = json!({"wire": "gemini", "on": "thought", "length": 2, "signature": "s"});
    let on_text = json!({"wire": "gemini", "on": "text", "length": 0, "signature": "s"});
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
        cache_read: 2,
        cache_write: 0,
        reasoning: 3,
        total: 12,
        requests: 1,
    };
    let said = vec![
        ModelEvent::Reasoning("h".into()),
        ModelEvent::Reasoning("m".into()),
        ModelEvent::ReasoningProvider(on_thought),
        ModelEvent::Text("Grü\n\"ße".into()),
        ModelEvent::ReasoningProvider(on_text),
    ];
    let calls = vec![
        ModelEvent::ReasoningProvider(on_call("c")),
        call(0, "a"),
        args(0, "{\"a\":1}"),
        call(1, "b"),
        args(1, "{}"),
    ];
    for (reason, calls) in [
        (FinishReason::ToolCalls, calls),
        (FinishReason::Stop, vec![]),
        (FinishReason::Length, vec![]),
        (FinishReason::ContentFilter, vec![]),
    ] {
        // The usage stands in front of the last chunk's parts when it is read.
        let mut written = said.clone();
        written.extend(calls.clone());
        written.extend([ModelEvent::Usage(usage), ModelEvent::Finished(reason)]);
        let mut expected = said.clone();
        expected.push(ModelEvent::Usage(usage));
        expected.extend(calls);
        expected.push(ModelEvent::Finished(reason));
        let mut encoder = ChunkEncoder::new("r1".into(), "m".into());
        let frames = written.iter().flat_map(|event| encoder.encode(event));
        let stream: String = frames.map(|frame| frame.to_sse()).collect();
        assert_eq!(
            heard::pieces(Wire::Gemini, [stream.as_bytes()]),
            (expected, None)
        );
    }
}

#[test]
fn a_body_that_is_no_request_is_refused_by_member() {
    let param = |body: Value| {
        let session_id = full_request().session_id;
        let read = request_in::decode(&body, "m".into(), session_id);
        read.expect_err("refused").param
    };
    let with = |content: Value| json!({"contents": [content]});
    assert_eq!(param(json!({})), "contents");
    assert_eq!(param(with(json!({"role": "user"}))), "contents[0]");
    assert_eq!(
        param(with(json!({"role": "robot", "parts": []}))),
        "contents[0]"
    );
    let lone =
        json!({"role": "user", "parts": [{"functionResponse": {"name": "x", "response": {}}}]});
    assert_eq!(param(with(lone)), "contents[0]");
    let user = json!({"role": "user", "parts": [{"text": "x"}]});
    let hot = json!({"contents": [user], "generationConfig": {"temperature": 3}});
    assert_eq!(param(hot), "temperature");
}
