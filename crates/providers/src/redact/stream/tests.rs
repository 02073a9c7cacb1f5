use futures::{StreamExt as _, stream};
use weald_domain::{
    message::FinishReason,
    model::{ModelErrorKind, ModelEvent},
};

use super::*;
use crate::failure;

const KEY: &str = "sk-canary-0123456789";

fn secret() -> Secret {
    Secret::new(KEY.into())
}

async fn through(events: Vec<ModelEvent>) -> Vec<ModelEvent> {
    let events = stream::iter(events.into_iter().map(Ok)).boxed();
    let out = covered(events, Some(&secret())).collect::<Vec<_>>().await;
    out.into_iter()
        .map(|event| event.expect("no error"))
        .collect()
}

fn text(piece: &str) -> ModelEvent {
    ModelEvent::Text(piece.into())
}

fn args(index: u32, delta: &str) -> ModelEvent {
    let delta = delta.into();
    ModelEvent::ToolArgs { index, delta }
}

fn said(events: &[ModelEvent]) -> String {
    let mut said = String::new();
    for event in events {
        if let ModelEvent::Text(text) = event {
            said.push_str(text);
        }
    }
    said
}

#[tokio::test]
async fn a_key_in_pieces_of_every_length_is_covered() {
    let whole = format!("say {KEY}! sk-can {KEY}{KEY} sk-");
    for length in 1..=whole.len() {
        let pieces = whole.as_bytes().chunks(length);
        let pieces = pieces.map(|piece| text(std::str::from_utf8(piece).expect("ASCII")));
        let events: Vec<_> = pieces
            .chain([ModelEvent::Finished(FinishReason::Stop)])
            .collect();
        let out = through(events).await;
        assert_eq!(said(&out), "say [key]! sk-can [key][key] sk-", "{length}");
        assert_eq!(out.last(), Some(&ModelEvent::Finished(FinishReason::Stop)));
    }
}

#[tokio::test]
async fn text_without_a_start_of_the_key_is_not_delayed() {
    let mut out = covered(
        stream::iter([Ok(text("Hello, Grüße")), Ok(text("x sk-c"))])
            .chain(stream::pending())
            .boxed(),
        Some(&secret()),
    );
    assert_eq!(out.next().await, Some(Ok(text("Hello, Grüße"))));
    assert_eq!(out.next().await, Some(Ok(text("x "))));
}

#[tokio::test]
async fn a_signature_stays_behind_the_text_that_it_signs() {
    let signature = || ModelEvent::ReasoningProvider(serde_json::json!({"signature": "s"}));
    let thought = |piece: &str| ModelEvent::Reasoning(piece.into());
    let events = vec![thought("hm s"), signature(), text("so sk-"), signature()];
    assert_eq!(
        through(events).await,
        [
            thought("hm "),
            thought("s"),
            signature(),
            text("so "),
            text("sk-"),
            signature()
        ]
    );
}

#[tokio::test]
async fn calls_written_side_by_side_are_covered_each() {
    let call = |index, name: &str| ModelEvent::ToolCall {
        index,
        id: format!("c{index}"),
        name: name.into(),
    };
    let events = vec![
        text("so sk-"),
        call(0, "fs.read"),
        call(1, "fs.read"),
        args(0, r#"{"a":"sk-can"#),
        args(1, r#"{"b":"sk-canary-"#),
        args(0, r#"ary-0123456789"}"#),
        args(1, r#"0123456789"}"#),
    ];
    let out = through(events).await;
    assert_eq!(out[..2], [text("so "), text("sk-")]);
    let of = |which: u32| -> String {
        let mut args = String::new();
        for event in &out {
            if let ModelEvent::ToolArgs { index, delta } = event
                && *index == which
            {
                args.push_str(delta);
            }
        }
        args
    };
    assert_eq!(of(0), r#"{"a":"[key]"}"#);
    assert_eq!(of(1), r#"{"b":"[key]"}"#);
}

#[tokio::test]
async fn names_unknown_events_and_errors_are_covered_too() {
    let events = vec![
        Ok(ModelEvent::Unknown(serde_json::json!({"x": [KEY]}))),
        Ok(text("sk-canary")),
        Err(failure::lasting(ModelErrorKind::Provider, "x", KEY)),
    ];
    let out: Vec<_> = covered(stream::iter(events).boxed(), Some(&secret()))
        .collect()
        .await;
    let unknown = ModelEvent::Unknown(serde_json::json!({"x": ["[key]"]}));
    assert_eq!(out[0], Ok(unknown));
    assert_eq!(out[1], Ok(text("sk-canary")));
    assert_eq!(out[2].as_ref().expect_err("an error").message, "[key]");
}
