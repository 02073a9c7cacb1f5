//! What is encoded decodes to the same, in both directions.

use serde_json::{Value, json};
use weald_domain::{
    message::FinishReason,
    model::{ModelEvent, ModelRequest, Usage},
};

use crate::{
    anthropic::{event_out::EventEncoder, request_in, request_out},
    context_in, heard,
    sample::{self, assistant, listed, said, user},
    wire::Wire,
};

fn full_request() -> ModelRequest {
    let signed = json!({"wire": "anthropic", "type": "thinking", "length": 2, "signature": "s"});
    let redacted = json!({"wire": "anthropic", "type": "redacted_thinking", "data": "d"});
    sample::full_request(
        "claude-x",
        vec![
            user("list"),
            assistant(vec![
                context_in::thought("hm", Some(signed)),
                context_in::thought("", Some(redacted)),
                said("I look."),
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
    let posted = request_in::decode(&body, full_request().session_id).expect("decodes");
    assert!(posted.stream);
    assert_eq!(posted.request, full_request());
}

#[test]
fn an_answer_reads_back_as_it_was_written() {
    let kept = json!({"wire": "anthropic", "type": "thinking", "length": 2, "signature": "s"});
    let args = |index, delta: &str| ModelEvent::ToolArgs {
        index,
        delta: delta.into(),
    };
    let call = |index, id: &str| ModelEvent::ToolCall {
        index,
        id: id.into(),
        name: "fs_list".into(),
    };
    let events = vec![
        ModelEvent::Reasoning("h".into()),
        ModelEvent::Reasoning("m".into()),
        ModelEvent::ReasoningProvider(kept),
        ModelEvent::ReasoningProvider(
            json!({"wire": "anthropic", "type": "redacted_thinking", "data": "d"}),
        ),
        ModelEvent::Text("Grü\n\"ße".into()),
        call(0, "a"),
        call(1, "b"),
        args(0, "{\"path\":"),
        args(1, "{}"),
        args(0, "\".\"}"),
        ModelEvent::Usage(Usage {
            input: 8,
            output: 4,
            cache_read: 2,
            cache_write: 1,
            reasoning: 3,
            total: 12,
            requests: 1,
        }),
        ModelEvent::Finished(FinishReason::ToolCalls),
    ];
    let mut encoder = EventEncoder::new("msg_1".into(), "m".into());
    let frames = events.iter().flat_map(|event| encoder.encode(event));
    let stream: String = frames.map(|frame| frame.to_sse()).collect();
    assert_eq!(
        heard::pieces(Wire::Anthropic, [stream.as_bytes()]),
        (events, None)
    );
    assert!(stream.starts_with("event: message_start\n"), "{stream}");
    assert!(
        stream.ends_with("data: {\"type\":\"message_stop\"}\n\n"),
        "{stream}"
    );
}

#[test]
fn what_another_wire_made_is_not_written() {
    let mut encoder = EventEncoder::new("msg_1".into(), "m".into());
    let foreign = ModelEvent::ReasoningProvider(json!({"wire": "responses", "item": {}}));
    let kinds: Vec<_> = encoder.encode(&foreign).iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [Some("message_start")]);
}

#[test]
fn a_body_that_is_no_request_is_refused_by_member() {
    let param = |body: Value| {
        let session_id = full_request().session_id;
        request_in::decode(&body, session_id)
            .expect_err("refused")
            .param
    };
    let with = |message: Value| json!({"model": "m", "max_tokens": 1, "messages": [message]});
    assert_eq!(param(json!([])), "body");
    assert_eq!(param(json!({"max_tokens": 1})), "model");
    assert_eq!(param(json!({"model": "m"})), "max_tokens");
    assert_eq!(param(json!({"model": "m", "max_tokens": 1})), "messages");
    assert_eq!(
        param(with(json!({"role": "system", "content": "x"}))),
        "messages[0]"
    );
    let lone = json!([{"type": "tool_result", "tool_use_id": "a", "content": "x"}]);
    assert_eq!(
        param(with(json!({"role": "user", "content": lone}))),
        "messages[0].content"
    );
    let image = json!([{"type": "image", "source": {}}]);
    assert_eq!(
        param(with(json!({"role": "user", "content": image}))),
        "messages[0].content"
    );
}
