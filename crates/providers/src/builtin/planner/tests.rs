use serde_json::json;
use weald_domain::{
    id::{SessionId, uuid_v7},
    message::{Outcome, ToolState},
    time::UnixMillis,
    tool::{EffectClass, ToolSpec},
};

use super::*;
use crate::sample;

mod answers;
mod harmless;
mod hostile;
mod table;

const NAMES: [&str; 7] = [
    "fs_list",
    "fs_find",
    "fs_read",
    "fs_search",
    "git_status",
    "git_log",
    "git_diff",
];

fn tool(name: &str, keywords: &[&str], required: &[&str]) -> ToolSpec {
    ToolSpec {
        name: name.into(),
        worker: "a-worker".into(),
        description: format!("What {name} does.\nMore of it."),
        input_schema: json!({"type": "object", "required": required}),
        effect: EffectClass::Pure,
        permissions: vec![],
        keywords: keywords.iter().map(|&keyword| keyword.to_owned()).collect(),
        examples: vec![],
    }
}

fn request(text: &str) -> ModelRequest {
    let at = UnixMillis::parse("2026-11-24T12:00:00Z").expect("a time");
    ModelRequest {
        session_id: SessionId(uuid_v7(at, &[0; 10])),
        tools: NAMES.map(|name| tool(name, &[], &["path"])).to_vec(),
        ..sample::request("planner", vec![sample::user(text)])
    }
}

async fn events_of(request: &ModelRequest) -> Vec<ModelEvent> {
    let events = sample::collect(call(request).expect("an answer")).await;
    events
        .into_iter()
        .map(|event| event.expect("no error"))
        .collect()
}

fn said(events: &[ModelEvent]) -> String {
    let mut text = String::new();
    for event in events {
        if let ModelEvent::Text(piece) = event {
            text.push_str(piece);
        }
    }
    text
}

/// `name {args}`, or what was said when nothing was called.
async fn step(request: &ModelRequest) -> String {
    let events = events_of(request).await;
    let mut called = String::new();
    for event in &events {
        if let ModelEvent::ToolCall { name, .. } = event {
            called.push_str(name);
        } else if let ModelEvent::ToolArgs { delta, .. } = event {
            called.push_str(&format!(" {delta}"));
        }
    }
    let finish = events.last().cloned();
    if called.is_empty() {
        assert_eq!(finish, Some(ModelEvent::Finished(FinishReason::Stop)));
        said(&events)
    } else {
        assert_eq!(finish, Some(ModelEvent::Finished(FinishReason::ToolCalls)));
        assert!(!said(&events).is_empty(), "a call has a lead");
        called
    }
}

#[tokio::test]
async fn it_says_plainly_that_no_model_is_connected() {
    for text in [
        "hello",
        "help",
        "What can you do?",
        "write me a poem",
        "",
        "🦊",
        "?!",
    ] {
        let answer = step(&request(text)).await;
        assert_eq!(
            answer.matches("No language model is connected").count(),
            1,
            "{answer}"
        );
        assert!(answer.contains("`search for TODO in src`"), "{answer}");
        assert!(answer.contains("`weald provider add`"), "{answer}");
    }
}

#[tokio::test]
async fn without_tools_it_says_how_to_add_a_project() {
    for text in [
        "hello",
        "list the files here",
        "git status",
        "write me a poem",
    ] {
        let mut request = request(text);
        request.tools.clear();
        let answer = step(&request).await;
        assert!(answer.contains("no project yet"), "{text}: {answer}");
    }
    let mut request = request("git status");
    request.tools.retain(|tool| tool.name == "fs_list");
    let answer = step(&request).await;
    assert!(
        answer.contains("`git_status`, which is not enabled"),
        "{answer}"
    );
}

#[tokio::test]
async fn an_answer_streams_in_words_and_counts_them() {
    let events = events_of(&request("search")).await;
    let words: Vec<&ModelEvent> = events
        .iter()
        .filter(|event| matches!(event, ModelEvent::Text(text) if !text.trim().is_empty()))
        .collect();
    assert_eq!(words[0], &ModelEvent::Text("What ".into()));
    let usage = events.iter().rev().nth(1);
    let Some(ModelEvent::Usage(usage)) = usage else {
        panic!("no usage: {events:?}");
    };
    assert_eq!((usage.input, usage.output), (1, words.len() as u64));
}
