//! The table of sentences, run against tools that answer in a fixed way.

use super::*;

const TABLE: &str = include_str!("sentences.txt");

/// The tools of two workers of ours, and of some that are not.
fn tools() -> Vec<ToolSpec> {
    let typed = |name: &str, keywords: &[&str], schema: Value| ToolSpec {
        input_schema: schema,
        effect: EffectClass::Once,
        ..tool(name, keywords, &[])
    };
    let mut tools: Vec<ToolSpec> = NAMES.map(|name| tool(name, &[], &["path"])).to_vec();
    tools.push(typed(
        "weather_now",
        &["weather", "wetter", "天气"],
        json!({"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}),
    ));
    tools.push(typed(
        "timer_set",
        &["timer"],
        json!({"type": "object", "required": ["minutes"], "properties": {
            "minutes": {"type": "integer", "minimum": 1, "maximum": 600}}}),
    ));
    tools.push(typed(
        "mail_send",
        &["mail", "send"],
        json!({"type": "object", "required": ["to", "urgency"], "properties": {
            "urgency": {"enum": ["low", "high"]},
            "to": {"type": "string", "format": "email"}}}),
    ));
    tools.push(tool("tide_north", &["tide"], &[]));
    tools.push(tool("tide_south", &["tide"], &[]));
    let mut moon = tool("moon_phase", &[], &["night"]);
    moon.examples.push(weald_domain::tool::ToolExample {
        description: "How is the moon tonight?".into(),
        args: json!({"night": "tonight"}),
    });
    tools.push(moon);
    tools
}

/// What a tool answers.
fn answered(tool: &str, args: &Value) -> ToolState {
    let path = args.get("path").and_then(Value::as_str).unwrap_or("");
    let file = |text: &str, lines: u64, truncated: bool| {
        json!({"path": path, "text": text, "total_lines": lines, "offset": 1,
            "truncated": truncated})
    };
    let document = match tool {
        "fs_read" if path == "missing.md" => {
            return sample::ended(args.clone(), Outcome::Error, json!("no such file"));
        }
        "fs_read" if path == "long.md" => file(&"a line\n".repeat(400), 1_000, true),
        "fs_read" if path.ends_with(".rs") => file("pub fn run() {}\nstruct A;\n", 2, false),
        "fs_read" => file(
            "# A\n\nWeald keeps a journal of every run.\n\nEnd.\n",
            5,
            false,
        ),
        "fs_find" => json!({"paths": ["docs/a.md", "docs/b.md"], "truncated": false}),
        "fs_search" => json!({"hits": [
            {"path": "docs/a.md", "line": 3, "text": "journal"},
            {"path": "docs/b.md", "line": 3, "text": "journal"}], "truncated": false}),
        "fs_list" => json!({"entries": [
            {"name": "big.md", "kind": "file", "size": 9, "modified": "2026-11-20T10:00:00Z"}]}),
        "git_log" => json!({"commits": [{"hash": "0123456789", "author": "Ada",
            "date": "2026-11-20T10:00:00Z", "subject": "docs"}], "truncated": false}),
        "git_status" => json!({"branch": "main", "ahead": 0, "behind": 0, "files": []}),
        _ => json!({"files": [], "patch": "", "truncated": false}),
    };
    let output = json!({"content": [{"type": "json", "value": document}]});
    sample::ended(args.clone(), Outcome::Ok, output)
}

/// Plays the turn of the last message: its calls, then what was said.
async fn turn(request: &mut ModelRequest) -> Vec<String> {
    let mut happened = vec![];
    for _ in 0..40 {
        let events = events_of(request).await;
        assert_eq!(
            events,
            events_of(request).await,
            "the same context, the same answer"
        );
        let called = events.iter().find_map(|event| {
            let ModelEvent::ToolCall { name, .. } = event else {
                return None;
            };
            Some(name.clone())
        });
        let mut parts = vec![sample::said(&said(&events))];
        let Some(name) = called else {
            happened.push(said(&events));
            request.messages.push(sample::assistant(parts));
            return happened;
        };
        let step = step(request).await;
        let (_, args) = step.split_once(' ').expect("arguments");
        let args: Value = serde_json::from_str(args).expect("JSON");
        parts.push(sample::tool("call", &name, answered(&name, &args)));
        request.messages.push(sample::assistant(parts));
        happened.push(step);
    }
    panic!("the turn does not end: {happened:?}");
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = TABLE
        .lines()
        .filter(|line| !line.starts_with("# ") && !line.is_empty());
    lines.map(|line| {
        line.rsplit_once("  =>  ")
            .unwrap_or_else(|| panic!("no row: {line}"))
    })
}

async fn play(messages: &str) -> Vec<String> {
    let mut request = request("");
    request.tools = tools();
    request.messages.clear();
    let mut happened = vec![];
    for message in messages.split(" >> ") {
        request.messages.push(sample::user(message));
        happened = turn(&mut request).await;
    }
    happened
}

#[tokio::test]
async fn every_sentence_of_the_table_leads_where_it_says() {
    let mut wrong = vec![];
    for (messages, expected) in rows() {
        let happened = play(messages).await;
        let mut steps = happened.iter();
        let is_right = expected.split(" -> ").all(|expected| {
            match expected
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'))
            {
                Some(text) => happened.last().is_some_and(|said| said.contains(text)),
                None => steps.next().is_some_and(|step| step == expected),
            }
        });
        if !is_right {
            wrong.push(format!(
                "{messages}\n  wanted {expected}\n  came   {happened:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(rows().count() >= 150);
}

#[tokio::test]
async fn a_question_that_nobody_asked_is_not_answered() {
    let mut request = request("search");
    request.messages.push(sample::assistant(vec![sample::said(
        "A poem by another model.",
    )]));
    request.messages.push(sample::user("TODO"));
    let answer = step(&request).await;
    assert!(answer.contains("did not understand"), "{answer}");
}

#[tokio::test]
async fn slips_are_owned_up_to() {
    let events = events_of(&request("shwo me README.md")).await;
    assert_eq!(
        said(&events),
        "I read `shwo` as `show`. I read `README.md`.\n\n"
    );
}
