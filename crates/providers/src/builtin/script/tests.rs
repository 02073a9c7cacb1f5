use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::time::Instant;
use weald_domain::{message::Outcome, model::Usage};

use super::*;
use crate::sample;

fn script(acts: &serde_json::Value) -> ModelRequest {
    sample::request("script", vec![sample::user(&acts.to_string())])
}

fn usage(input: u64, output: u64, reasoning: u64) -> ModelEvent {
    ModelEvent::Usage(Usage {
        input,
        output,
        reasoning,
        total: input + output,
        requests: 1,
        ..Usage::default()
    })
}

#[tokio::test(start_paused = true)]
async fn acts_are_played_in_order_and_count_waits_before_each_number() {
    let request = script(&json!([
        {"think": "hm hm"}, {"say": "one"}, {"say": " two"}, {"count": 3, "delay_ms": 10}
    ]));
    let started = Instant::now();

    let events = sample::collect(call(&request).expect("a script")).await;

    assert_eq!(started.elapsed(), Duration::from_millis(30));
    let expected = [
        ModelEvent::Reasoning("hm hm".into()),
        ModelEvent::Text("one".into()),
        ModelEvent::Text(" two".into()),
        ModelEvent::Text("1 ".into()),
        ModelEvent::Text("2 ".into()),
        ModelEvent::Text("3 ".into()),
        usage(3, 7, 2),
        ModelEvent::Finished(FinishReason::Stop),
    ];
    assert_eq!(events, expected.map(Ok));
}

#[tokio::test]
async fn a_tool_ends_the_call_and_the_next_call_goes_on_behind_it() {
    let acts = json!([
        {"say": "first"},
        {"tool": "fs_list", "args": {"path": "."}},
        {"tool": "git_status"},
        {"say": "done"}
    ]);
    let mut request = script(&acts);

    let mut played = vec![];
    for _ in 0..3 {
        let events = sample::collect(call(&request).expect("a script")).await;
        let events: Vec<ModelEvent> = events.into_iter().map(|e| e.expect("no error")).collect();
        let tool = events.iter().find_map(|event| {
            if let ModelEvent::ToolCall { id, name, .. } = event {
                Some((id.clone(), name.clone()))
            } else {
                None
            }
        });
        if let Some((id, name)) = tool {
            let state = sample::ended(json!({}), Outcome::Denied, json!("no"));
            request
                .messages
                .push(sample::assistant(vec![sample::tool(&id, &name, state)]));
        }
        played.extend(
            events
                .into_iter()
                .filter(|e| !matches!(e, ModelEvent::Usage(_))),
        );
    }

    let tool_call = |id: &str, name: &str, args: &str| {
        [
            ModelEvent::ToolCall {
                index: 0,
                id: id.into(),
                name: name.into(),
            },
            ModelEvent::ToolArgs {
                index: 0,
                delta: args.into(),
            },
            ModelEvent::Finished(FinishReason::ToolCalls),
        ]
    };
    let mut expected = vec![ModelEvent::Text("first".into())];
    expected.extend(tool_call("script_1", "fs_list", r#"{"path":"."}"#));
    expected.extend(tool_call("script_2", "git_status", "{}"));
    expected.push(ModelEvent::Text("done".into()));
    expected.push(ModelEvent::Finished(FinishReason::Stop));
    assert_eq!(played, expected);
}

#[tokio::test]
async fn hold_waits_until_the_call_is_dropped() {
    let mut stream = call(&script(&json!([{"say": "Hel"}, {"hold": true}]))).expect("a script");
    assert_eq!(
        stream.next().await,
        Some(Ok(ModelEvent::Text("Hel".into())))
    );
    assert_eq!(stream.next().now_or_never(), None);
}

#[tokio::test]
async fn fail_ends_the_call_with_that_error() {
    let stream = call(&script(&json!([{"say": "a"}, {"fail": "out of ink"}]))).expect("a script");
    let events = sample::collect(stream).await;
    let error = events.last().cloned().expect("events").expect_err("fails");
    assert_eq!(events.len(), 2);
    assert_eq!(
        (error.code.as_str(), error.message.as_str(), error.kind),
        ("script_failed", "out of ink", ModelErrorKind::Provider)
    );
}

#[test]
fn what_is_no_script_is_refused_before_the_first_byte() {
    for (input, hint) in [
        ("hello", "a JSON array of acts was expected"),
        ("{\"say\":\"x\"}", "a JSON array of acts was expected"),
        ("[1]", "act 1 is not an object"),
        ("[{\"say\":\"x\"},{\"sing\":\"x\"}]", "act 2 names none of"),
        ("[{\"say\":1}]", "`say` must be a text"),
        ("[{\"count\":-1}]", "`count` must be a whole number"),
        ("[{\"tool\":\"x\",\"args\":[]}]", "`args` must be an object"),
        ("[{\"hold\":false}]", "`hold` must be true"),
        (
            "[{\"say\":\"x\",\"delay_ms\":1}]",
            "`delay_ms` that does not",
        ),
        ("[{\"say\":\"x\",\"fail\":\"y\"}]", "`fail` that does not"),
    ] {
        let request = sample::request("script", vec![sample::user(input)]);
        let error = call(&request).err().expect(input);
        assert_eq!(error.code, "bad_script");
        assert_eq!(error.kind, ModelErrorKind::BadRequest);
        assert!(error.message.contains(hint), "{input}: {}", error.message);
    }
}
