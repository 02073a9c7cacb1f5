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
async fn requests_lead_to_calls() {
    let week = r#"git_log {"since":"2026-11-17T00:00:00Z","limit":200}"#;
    for (text, expected) in [
        // list
        ("list the files here", r#"fs_list {"path":"."}"#),
        ("List the files in src.", r#"fs_list {"path":"src"}"#),
        ("ls crates/engine/", r#"fs_list {"path":"crates/engine/"}"#),
        (
            "what is in the crates folder?",
            r#"fs_list {"path":"crates"}"#,
        ),
        ("What's in this repo?", r#"fs_list {"path":"."}"#),
        ("show me the files", r#"fs_list {"path":"."}"#),
        (
            "please list all files in this project",
            r#"fs_list {"path":"."}"#,
        ),
        ("list ..", r#"fs_list {"path":".."}"#),
        (
            "hello, list the docs directory",
            r#"fs_list {"path":"docs"}"#,
        ),
        // largest
        (
            "what are the largest files here?",
            r#"fs_list {"path":"."}"#,
        ),
        (
            "biggest files in `web/src`",
            r#"fs_list {"path":"web/src"}"#,
        ),
        // find
        ("find *.rs files", r#"fs_find {"path":".","glob":"*.rs"}"#),
        (
            "find all rust files in crates/api",
            r#"fs_find {"path":"crates/api","glob":"*.rs"}"#,
        ),
        (
            "find files named config",
            r#"fs_find {"path":".","glob":"*config*"}"#,
        ),
        (
            "where is Cargo.toml?",
            r#"fs_find {"path":".","glob":"Cargo.toml"}"#,
        ),
        (
            "find src/**/*.ts",
            r#"fs_find {"path":".","glob":"src/**/*.ts"}"#,
        ),
        ("find .md files", r#"fs_find {"path":".","glob":"*.md"}"#),
        ("list *.toml", r#"fs_find {"path":".","glob":"*.toml"}"#),
        // count
        (
            "how many markdown files are there?",
            r#"fs_find {"path":".","glob":"*.md"}"#,
        ),
        (
            "count the files in src",
            r#"fs_find {"path":"src","glob":"*"}"#,
        ),
        (
            "count *.rs in crates/store",
            r#"fs_find {"path":"crates/store","glob":"*.rs"}"#,
        ),
        (
            "how many lines has README.md?",
            r#"fs_read {"path":"README.md","limit":1}"#,
        ),
        (
            "count the lines of the changelog",
            r#"fs_read {"path":"CHANGELOG.md","limit":1}"#,
        ),
        // read
        (
            "read src/main.rs",
            r#"fs_read {"path":"src/main.rs","limit":400}"#,
        ),
        (
            "show me the README",
            r#"fs_read {"path":"README.md","limit":400}"#,
        ),
        (
            "open `a b.txt`",
            r#"fs_read {"path":"a b.txt","limit":400}"#,
        ),
        (
            "what does Cargo.toml say?",
            r#"fs_read {"path":"Cargo.toml","limit":400}"#,
        ),
        (
            "cat .gitignore",
            r#"fs_read {"path":".gitignore","limit":400}"#,
        ),
        (
            "read lines 10 to 20 of src/lib.rs",
            r#"fs_read {"path":"src/lib.rs","offset":10,"limit":11}"#,
        ),
        (
            "show lines 5-5 of a.rs",
            r#"fs_read {"path":"a.rs","offset":5,"limit":1}"#,
        ),
        (
            "the first 20 lines of a.rs, show them",
            r#"fs_read {"path":"a.rs","offset":1,"limit":20}"#,
        ),
        (
            "show line 0 of a.rs",
            r#"fs_read {"path":"a.rs","offset":1,"limit":1}"#,
        ),
        // search
        (
            "search for TODO in src",
            r#"fs_search {"path":"src","pattern":"TODO"}"#,
        ),
        (
            "grep fixme",
            r#"fs_search {"path":".","pattern":"(?i)fixme"}"#,
        ),
        (
            "search for \"two words (x)\"",
            r#"fs_search {"path":".","pattern":"(?i)two words \\(x\\)"}"#,
        ),
        (
            "find parse_config in the code",
            r#"fs_search {"path":".","pattern":"(?i)parse_config"}"#,
        ),
        (
            "where is `ModelStream` used?",
            r#"fs_search {"path":".","pattern":"ModelStream"}"#,
        ),
        (
            "which files mention tokio? search for tokio in Cargo.toml",
            r#"fs_search {"path":"Cargo.toml","pattern":"(?i)tokio"}"#,
        ),
        (
            "look for the word lease",
            r#"fs_search {"path":".","pattern":"(?i)lease"}"#,
        ),
        // log
        ("what changed in this repo this week?", week),
        ("What happened last week", week),
        ("who committed in the last 7 days?", week),
        ("how many commits this week?", week),
        ("show the git log", r#"git_log {"limit":20}"#),
        ("the last 5 commits", r#"git_log {"limit":5}"#),
        ("the last 5000 commits", r#"git_log {"limit":1000}"#),
        (
            "show the history of src/lib.rs",
            r#"git_log {"path":"src/lib.rs","limit":20}"#,
        ),
        (
            "commits on 2026-11-01",
            r#"git_log {"since":"2026-11-01T00:00:00Z","until":"2026-11-02T00:00:00Z","limit":200}"#,
        ),
        (
            "what changed yesterday?",
            concat!(
                r#"git_log {"since":"2026-11-23T00:00:00Z","#,
                r#""until":"2026-11-24T00:00:00Z","limit":200}"#
            ),
        ),
        // status
        ("git status", "git_status {}"),
        ("what is uncommitted?", "git_status {}"),
        ("which branch am I on", "git_status {}"),
        // diff
        ("show the diff", "git_diff {}"),
        ("show my changes", "git_diff {}"),
        ("diff of src/lib.rs", r#"git_diff {"path":"src/lib.rs"}"#),
        ("what is staged?", r#"git_diff {"staged":true}"#),
        (
            "diff between main and HEAD",
            r#"git_diff {"from":"main","to":"HEAD"}"#,
        ),
        (
            "git diff main..topic",
            r#"git_diff {"from":"main","to":"topic"}"#,
        ),
        ("diff against main", r#"git_diff {"from":"main"}"#),
    ] {
        assert_eq!(step(&request(text)).await, expected, "{text}");
    }
}

#[tokio::test]
async fn what_is_missing_is_asked_for() {
    for (text, question) in [
        ("read it", "Which file shall I read?"),
        ("find files", "Which files shall I find?"),
        ("search", "What shall I search for?"),
        ("count the lines", "Of which file shall I count the lines?"),
    ] {
        let answer = step(&request(text)).await;
        assert!(answer.starts_with(question), "{text}: {answer}");
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
async fn a_tool_it_does_not_know_is_called_by_its_keywords() {
    let mut asked = request("what is the weather like?");
    asked.tools.push(tool("sky_now", &["weather", "rain"], &[]));
    asked.tools.push(tool("sky_send", &["rain"], &["to"]));
    assert_eq!(step(&asked).await, "sky_now {}");

    let mut with_argument = request("send");
    with_argument
        .tools
        .push(tool("sky_send", &["send"], &["to"]));
    let answer = step(&with_argument).await;
    assert!(
        answer.contains("- `sky_send`: What sky\\_send does.\n"),
        "{answer}"
    );

    let mut two = request("rain?");
    two.tools.push(tool("sky_now", &["rain"], &[]));
    two.tools.push(tool("sea_now", &["rain"], &[]));
    assert!(step(&two).await.contains("did not understand"));
}

#[tokio::test]
async fn an_answer_streams_in_words_and_counts_them() {
    let events = events_of(&request("search")).await;
    let words: Vec<&ModelEvent> = events
        .iter()
        .filter(|event| matches!(event, ModelEvent::Text(_)))
        .collect();
    assert_eq!(words[0], &ModelEvent::Text("What ".into()));
    let usage = events.iter().rev().nth(1);
    let Some(ModelEvent::Usage(usage)) = usage else {
        panic!("no usage: {events:?}");
    };
    assert_eq!((usage.input, usage.output), (1, words.len() as u64));
}

proptest::proptest! {
    #[test]
    fn no_request_panics(text in "[a-zA-Z0-9 *./\"'`?…-]{0,60}|.{0,40}") {
        let asked = request(&text);
        proptest::prop_assert!(call(&asked).is_ok());
    }
}
