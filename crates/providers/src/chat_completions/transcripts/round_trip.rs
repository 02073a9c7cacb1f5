//! What is encoded decodes to the same, in both directions.

use serde_json::json;
use weald_domain::{
    message::{FinishReason, Outcome, Part, Role, TextState, ToolState, Trust},
    model::{ContextMessage, ModelEvent, ModelRequest, Usage},
    tool::{EffectClass, ToolSpec},
};

use super::decode;
use crate::{
    chat_completions::{Dialect, chunk_out::ChunkEncoder, request_in, request_out},
    sample::{assistant, ended, request, said, tool, user},
};

fn list_tool() -> ToolSpec {
    ToolSpec {
        name: "fs_list".into(),
        worker: String::new(),
        description: "Lists a folder".into(),
        input_schema: json!({"type": "object", "properties": {"path": {"type": "string"}}}),
        effect: EffectClass::Once,
        permissions: vec![],
        keywords: vec![],
        examples: vec![],
    }
}

fn thought(text: &str, provider: serde_json::Value) -> Part {
    Part::Reasoning {
        text: text.into(),
        state: TextState::Done,
        provider: Some(provider),
    }
}

fn full_request() -> ModelRequest {
    ModelRequest {
        system: Some("be brief".into()),
        tools: vec![list_tool()],
        temperature: Some(0.5),
        max_tokens: Some(100),
        context_window: None,
        ..request(
            "m",
            vec![
                user("list"),
                assistant(vec![
                    thought("hm", json!({"field": "reasoning_content"})),
                    said("I look."),
                    tool(
                        "a",
                        "fs_list",
                        ended(json!({"path": "."}), Outcome::Ok, json!("x y")),
                    ),
                    tool("b", "fs_list", ended(json!({}), Outcome::Ok, json!("z"))),
                ]),
                assistant(vec![said("x, y and z.")]),
                user("thanks"),
            ],
        )
    }
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let body = request_out::encode(&full_request(), Dialect::Compatible).expect("encodes");
    let posted = request_in::decode(&body, full_request().session_id).expect("decodes");
    assert!(posted.stream && posted.include_usage);
    let mut expected = full_request();
    for message in &mut expected.messages {
        for part in &mut message.parts {
            if let Part::Tool(tool) = part
                && let ToolState::Ended { duration_ms, .. } = &mut tool.state
            {
                *duration_ms = 0;
            }
        }
    }
    assert_eq!(posted.request, expected);
}

#[test]
fn a_tool_part_becomes_a_call_and_a_result_right_behind_it() {
    let body = request_out::encode(&full_request(), Dialect::Openai).expect("encodes");
    assert_eq!(body["max_completion_tokens"], 100);
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": "list"},
            {"role": "assistant", "content": "I look.", "tool_calls": [
                {"id": "a", "type": "function",
                 "function": {"name": "fs_list", "arguments": "{\"path\":\".\"}"}},
                {"id": "b", "type": "function", "function": {"name": "fs_list", "arguments": "{}"}}
            ]},
            {"role": "tool", "tool_call_id": "a", "content": "x y"},
            {"role": "tool", "tool_call_id": "b", "content": "z"},
            {"role": "assistant", "content": "x, y and z."},
            {"role": "user", "content": "thanks"}
        ])
    );
}

#[test]
fn how_a_call_ended_is_told_plainly() {
    let content = |state: ToolState| {
        let messages = vec![user("x"), assistant(vec![tool("a", "fs_list", state)])];
        let body = request_out::encode(&request("m", messages), Dialect::Compatible);
        body.expect("encodes")["messages"][2]["content"].clone()
    };
    let two = json!({"content": [
        {"type": "text", "text": "1 file"}, {"type": "json", "value": {"entries": []}}
    ]});
    let only_json = json!({"content": [{"type": "json", "value": {"n": 1}}]});
    let input = json!({});
    assert_eq!(
        content(ended(input.clone(), Outcome::Ok, two)),
        "1 file\n{\"entries\":[]}"
    );
    assert_eq!(
        content(ended(input.clone(), Outcome::Ok, only_json)),
        r#"{"n":1}"#
    );
    assert_eq!(
        content(ended(input.clone(), Outcome::Error, json!("no such file"))),
        "The tool failed: no such file"
    );
    assert_eq!(
        content(ended(
            input.clone(),
            Outcome::Denied,
            json!("a person said no")
        )),
        "The call was not allowed, and did not run: a person said no"
    );
    assert_eq!(
        content(ended(input, Outcome::Unknown, json!("Weald was stopped"))),
        "It is not known whether this call took effect; look before repeating it: Weald was stopped"
    );
    let open = ToolState::InputStreaming {
        raw: "{\"pa".into(),
    };
    assert_eq!(content(open), "interrupted before it ran");
}

#[test]
fn the_arguments_of_a_broken_call_go_out_as_an_object() {
    let state = ToolState::InputStreaming {
        raw: "{\"pa".into(),
    };
    let messages = vec![user("x"), assistant(vec![tool("a", "fs_list", state)])];
    let body = request_out::encode(&request("m", messages), Dialect::Compatible).expect("encodes");
    let call = &body["messages"][1]["tool_calls"][0];
    assert_eq!(call["function"]["arguments"], "{}");
}

#[test]
fn reasoning_goes_back_where_its_server_wants_it() {
    let details = json!([{"type": "reasoning.encrypted", "data": "x"}]);
    let replayed = |dialect, provider: serde_json::Value, behind: Vec<ContextMessage>| {
        let mut messages = vec![
            user("x"),
            assistant(vec![thought("hm", provider), said("y")]),
        ];
        messages.extend(behind);
        let body = request_out::encode(&request("m", messages), dialect).expect("encodes");
        body["messages"][1].clone()
    };
    let blocks = json!({"field": "reasoning", "reasoning_details": details});
    let plain = json!({"field": "reasoning_content"});
    let next = || vec![user("and?")];
    let kept = json!([plain, {"reasoning_details": details}, {"reasoning_details": details}]);
    assert_eq!(
        replayed(Dialect::Compatible, kept, vec![])["reasoning_details"],
        json!([details[0], details[0]])
    );
    assert_eq!(
        replayed(Dialect::Openrouter, blocks.clone(), next()),
        json!({"role": "assistant", "content": "y", "reasoning_details": details})
    );
    assert_eq!(
        replayed(Dialect::Compatible, plain.clone(), vec![]),
        json!({"role": "assistant", "content": "y", "reasoning_content": "hm"})
    );
    let bare = json!({"role": "assistant", "content": "y"});
    assert_eq!(replayed(Dialect::Compatible, plain, next()), bare);
    assert_eq!(replayed(Dialect::Openai, blocks, vec![]), bare);
}

#[test]
fn the_reasoning_of_a_turn_with_a_call_goes_back_in_every_later_turn() {
    let plain = || json!({"field": "reasoning_content"});
    let listed = || tool("a", "fs_list", ended(json!({}), Outcome::Ok, json!("x")));
    let messages = vec![
        user("list"),
        assistant(vec![thought("hm", plain()), listed()]),
        assistant(vec![thought("so", plain()), said("x it is")]),
        assistant(vec![said("and that is all")]),
        user("thanks"),
        assistant(vec![thought("nice", plain()), said("any time")]),
        user("and?"),
    ];
    let reasoning = |model: &str| {
        let body = request_out::encode(&request(model, messages.clone()), Dialect::Compatible);
        let body = body.expect("encodes");
        let sent = body["messages"].as_array().cloned().expect("an array");
        let of_assistant = sent.iter().filter(|message| message["role"] == "assistant");
        let of_message = |message: &serde_json::Value| message.get("reasoning_content").cloned();
        of_assistant.map(of_message).collect::<Vec<_>>()
    };
    let (hm, so) = (Some(json!("hm")), Some(json!("so")));
    assert_eq!(reasoning("m"), [hm.clone(), so.clone(), None, None]);
    // DeepSeek refuses a message of such a turn without the member.
    assert_eq!(
        reasoning("deepseek-v4-pro"),
        [hm, so, Some(json!("")), None]
    );
}

#[test]
fn empty_messages_are_left_out_and_files_are_refused() {
    let messages = vec![
        user(""),
        assistant(vec![thought("only thought", json!({}))]),
        user("x"),
    ];
    let body = request_out::encode(&request("m", messages), Dialect::Compatible).expect("encodes");
    assert_eq!(body["messages"], json!([{"role": "user", "content": "x"}]));
    assert_eq!(body.get("tools"), None);

    let file = Part::from_json(json!({"type": "file", "mediaType": "image/png", "url": "a:1"}));
    let message = ContextMessage {
        role: Role::User,
        parts: vec![file],
    };
    let error = request_out::encode(&request("m", vec![message]), Dialect::Openai);
    assert_eq!(error.expect_err("refused").code, "unsupported_part");
}

#[test]
fn a_body_that_is_no_request_is_refused_by_member() {
    let param = |body: serde_json::Value| {
        let session_id = full_request().session_id;
        request_in::decode(&body, session_id)
            .expect_err("refused")
            .param
    };
    let with = |message: serde_json::Value| json!({"model": "m", "messages": [message]});
    assert_eq!(param(json!([])), "body");
    assert_eq!(param(json!({"messages": []})), "model");
    assert_eq!(param(json!({"model": "m"})), "messages");
    assert_eq!(param(json!({"model": "m", "messages": []})), "messages");
    assert_eq!(param(with(json!(1))), "messages[0]");
    assert_eq!(
        param(with(json!({"role": "robot", "content": "x"}))),
        "messages[0]"
    );
    assert_eq!(
        param(with(json!({"role": "user", "content": 1}))),
        "messages[0].content"
    );
    let image = json!({"role": "user", "content": [{"type": "image_url", "image_url": {}}]});
    assert_eq!(param(with(image)), "messages[0].content");
    let lone = json!({"role": "tool", "tool_call_id": "a", "content": "x"});
    assert_eq!(param(with(lone)), "messages[0].tool_call_id");
    let user = || json!([{"role": "user", "content": "x"}]);
    let hot = json!({"model": "m", "messages": user(), "temperature": 3});
    assert_eq!(param(hot), "temperature");
    let none = json!({"model": "m", "messages": user(), "max_tokens": 0});
    assert_eq!(param(none), "max_tokens");
    let bad_tool = json!({"model": "m", "messages": user(), "tools": [{"function": {}}]});
    assert_eq!(param(bad_tool), "tools[0]");
}

#[test]
fn an_answer_reads_back_as_it_was_written() {
    let details = json!([{"type": "reasoning.text", "text": "hm", "signature": "s"}]);
    let replay = json!({"field": "reasoning_content", "reasoning_details": details});
    let events = vec![
        ModelEvent::Reasoning("h".into()),
        ModelEvent::Reasoning("m".into()),
        ModelEvent::ReasoningProvider(replay),
        ModelEvent::Text("Grü\n\"ße".into()),
        ModelEvent::ToolCall {
            index: 0,
            id: "a".into(),
            name: "fs_list".into(),
        },
        ModelEvent::ToolArgs {
            index: 0,
            delta: "{\"path\":".into(),
        },
        ModelEvent::ToolArgs {
            index: 0,
            delta: "\".\"}".into(),
        },
        ModelEvent::Usage(Usage {
            input: 5,
            output: 4,
            cache_read: 2,
            cache_write: 1,
            reasoning: 3,
            total: 9,
            requests: 1,
        }),
        ModelEvent::Finished(FinishReason::ToolCalls),
    ];
    let mut encoder = ChunkEncoder::new("c1".into(), "m".into(), 1);
    let wire: String = events
        .iter()
        .flat_map(|event| encoder.encode(event))
        .map(|data| format!("data: {data}\n\n"))
        .collect();
    assert_eq!(decode(&wire), (events, None));
    assert!(wire.starts_with("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\""));
    assert_eq!(wire.matches("\"role\":\"assistant\"").count(), 1);
    assert!(wire.ends_with("data: [DONE]\n\n"));
}

#[test]
fn texts_in_a_role_of_tool_stay_in_the_context() {
    let lone = ContextMessage {
        role: Role::Tool,
        parts: vec![Part::Text {
            text: "result".into(),
            state: TextState::Done,
            trust: Trust::Web,
        }],
    };
    let body = request_out::encode(&request("m", vec![lone]), Dialect::Openai).expect("encodes");
    assert_eq!(
        body["messages"],
        json!([{"role": "user", "content": "result"}])
    );
}
