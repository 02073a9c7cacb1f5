//! `weald run`: attached, with a deployment of its own, and shared between several commands.

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::process::Child;

use crate::{
    app::TestApp,
    command::{Home, finish, signal, until},
};

const SCRIPT: [&str; 3] = ["run", "--model", "builtin/script"];

fn script<'a>(acts: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    SCRIPT
        .iter()
        .copied()
        .chain([acts])
        .chain(more.iter().copied())
        .collect()
}

/// A run that speaks and then holds, once it has spoken.
async fn holding(home: &Home, word: &str) -> Child {
    let acts = json!([{"say": word}, {"hold": true}]).to_string();
    let mut child = home.command(script(&acts, &[])).spawn().expect("starts");
    let mut pipe = child.stdout.take().expect("a pipe");
    until(&mut pipe, &mut String::new(), word).await;
    child.stdout = Some(pipe);
    child
}

#[tokio::test]
async fn without_a_server_it_brings_its_own_and_the_answer_is_the_output() {
    let home = Home::new();
    let said = home
        .weald(&script(
            r#"[{"think":"hm"},{"say":"Hello"},{"say":" you"}]"#,
            &[],
        ))
        .await;
    assert_eq!(
        (said.code, said.out.as_str(), said.notes.as_str()),
        (0, "Hello you\n", "hm\n")
    );
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    assert_eq!(list["items"].as_array().expect("a list").len(), 1);
}

#[tokio::test]
async fn it_attaches_to_a_running_server() {
    let app = TestApp::start().await;
    let said = app
        .home()
        .weald(&script(r#"[{"say":"attached"}]"#, &["-q"]))
        .await;
    assert_eq!(
        (said.code, said.out.as_str(), said.notes.as_str()),
        (0, "attached\n", "")
    );
    let list = app
        .client()
        .conversations(&Default::default())
        .await
        .expect("lists");
    assert_eq!(list.items.len(), 1);
}

#[tokio::test]
async fn standard_input_is_a_prompt() {
    let home = Home::new();
    for args in [
        ["--model", "builtin/script", "run"].as_slice(),
        &["run", "--model", "builtin/script", "-"],
    ] {
        let args: Vec<&str> = if args[0] == "run" {
            args.to_vec()
        } else {
            vec!["run", args[0], args[1]]
        };
        let said = home.weald_with(&args, "[{\"say\":\"piped\"}]\n").await;
        assert_eq!((said.code, said.out.as_str()), (0, "piped\n"), "{said:?}");
    }
    let bare = home.weald_with(&[], "hello").await;
    assert_eq!(bare.code, 0);
    assert!(bare.out.contains("planner"), "{bare:?}");
    assert_eq!(home.weald_with(&["run"], " \n").await.code, 2);
}

#[tokio::test]
async fn with_json_each_line_is_an_envelope_with_its_type() {
    let home = Home::new();
    let said = home.weald(&script(r#"[{"count":20}]"#, &["--json"])).await;
    assert_eq!(said.code, 0, "{said:?}");
    let lines = said.json_lines();
    assert!(lines.iter().all(|line| line["type"] == line["event_type"]));
    assert_eq!(lines[0]["type"], "run_started");
    assert_eq!(lines[lines.len() - 1]["type"], "run_completed");
    let deltas = lines.iter().filter(|line| line["type"] == "content_delta");
    let text: String = deltas
        .filter_map(|line| line["payload"]["delta"].as_str())
        .collect();
    let wanted: String = (1..=20).map(|n| format!("{n} ")).collect();
    assert_eq!(text, wanted);
}

#[tokio::test]
async fn a_conversation_goes_on_and_is_shown_exported_and_deleted() {
    let home = Home::new();
    let first = home
        .weald(&script(r#"[{"say":"one"}]"#, &["--json"]))
        .await
        .json_lines();
    let id = first[0]["conversation_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let said = home
        .weald(&script(r#"[{"say":"two"}]"#, &["--conversation", &id]))
        .await;
    assert_eq!((said.code, said.out.as_str()), (0, "two\n"));

    let shown = home
        .weald(&["conversation", "show", &id, "--json"])
        .await
        .json_lines();
    let roles: Vec<_> = shown
        .iter()
        .map(|item| item["message"]["role"].clone())
        .collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    let file = home.folder().join("out.md");
    let args = ["conversation", "export", &id, "--output", "out.md"];
    assert_eq!(home.weald(&args).await.code, 0);
    let text = std::fs::read_to_string(file).expect("written");
    assert!(
        text.contains("\none\n") && text.contains("\ntwo\n"),
        "{text}"
    );
    let export = home
        .weald(&["conversation", "export", &id, "--format", "json"])
        .await
        .json();
    assert_eq!(export["messages"].as_array().expect("a list").len(), 4);

    let refused = home.weald(&["conversation", "delete", &id]).await;
    assert_eq!(refused.code, 8, "nobody can be asked: {refused:?}");
    assert_eq!(
        home.weald(&["conversation", "delete", &id, "--yes"])
            .await
            .code,
        0
    );
    assert_eq!(home.weald(&["conversation", "show", &id]).await.code, 3);
}

#[tokio::test]
async fn a_cut_list_says_so() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        assert_eq!(
            app.home()
                .weald(&script(r#"[{"say":"x"}]"#, &[]))
                .await
                .code,
            0
        );
    }
    let cut = app
        .home()
        .weald(&["sessions", "list", "--limit", "2"])
        .await;
    let next = cut
        .notes
        .trim()
        .strip_prefix("the list goes on: --after ")
        .expect("says so")
        .to_owned();
    let rest = app
        .home()
        .weald(&["sessions", "--limit", "2", "--after", &next, "--json"])
        .await
        .json();
    assert_eq!(
        (
            rest["items"].as_array().expect("a list").len(),
            rest["next"].is_null()
        ),
        (1, true)
    );
}

#[tokio::test]
async fn ctrl_c_interrupts_the_turn_and_keeps_its_text() {
    let home = Home::new();
    let child = holding(&home, "so far").await;
    signal(&child, Signal::INT);
    let said = finish(child).await;
    assert_eq!(said.code, 130, "{said:?}");
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    assert!(list["items"][0]["active"].is_null(), "{list}");
    let shown = home.weald(&["conversation", "show", &id]).await;
    assert!(shown.out.contains("so far"), "{shown:?}");
}

#[tokio::test]
async fn a_busy_conversation_is_a_conflict_that_names_its_session() {
    let app = TestApp::start().await;
    let child = holding(app.home(), "busy").await;
    let list = app
        .client()
        .conversations(&Default::default())
        .await
        .expect("lists");
    let id = list.items[0].conversation.id.to_string();
    let args = script(r#"[{"say":"x"}]"#, &["--json", "--conversation", &id]);
    let said = app.home().weald(&args).await;
    assert_eq!(
        (said.code, said.problem()["code"].as_str()),
        (6, Some("conversation_busy"))
    );
    assert!(said.problem()["active_session"]["session_id"].is_string());
    signal(&child, Signal::INT);
    assert_eq!(finish(child).await.code, 130);
}

#[tokio::test]
async fn a_second_run_attaches_and_the_first_stays_until_it_is_done() {
    let home = Home::new();
    let mut first = holding(&home, "first").await;
    let second = holding(&home, "second").await;
    signal(&first, Signal::INT);
    let mut notes = first.stderr.take().expect("a pipe");
    until(&mut notes, &mut String::new(), "still run in this process").await;
    assert!(
        first.try_wait().expect("waits").is_none(),
        "the first one has left the second alone"
    );
    signal(&second, Signal::INT);
    assert_eq!(finish(second).await.code, 130);
    assert_eq!(finish(first).await.code, 130);
}

#[tokio::test]
async fn a_server_that_starts_takes_over_and_the_run_goes_on() {
    let home = Home::new();
    let acts = json!([{"count": 400, "delay_ms": 5}]).to_string();
    let mut run = home.command(script(&acts, &[])).spawn().expect("starts");
    let mut pipe = run.stdout.take().expect("a pipe");
    let mut seen = String::new();
    until(&mut pipe, &mut seen, "20 ").await;
    let app = TestApp::start_in(home).await;
    until(&mut pipe, &mut seen, "400 ").await;
    run.stdout = Some(pipe);
    let said = finish(run).await;
    assert_eq!(said.code, 0, "{said:?}");
    let whole: String = (1..=400).map(|n| format!("{n} ")).collect();
    assert!(seen.contains(&whole) || seen.contains("\n1 "), "{seen}");
    let list = app
        .client()
        .conversations(&Default::default())
        .await
        .expect("lists");
    assert_eq!(list.items.len(), 1, "the conversation is the server's now");
}

#[tokio::test]
async fn told_to_end_it_hands_its_session_to_the_next_start() {
    let home = Home::new();
    let child = holding(&home, "half").await;
    signal(&child, Signal::TERM);
    let said = finish(child).await;
    assert_eq!(said.code, 1, "{said:?}");
    let app = TestApp::start_in(home).await;
    let list = app
        .client()
        .conversations(&Default::default())
        .await
        .expect("lists");
    let active = list.items[0]
        .active
        .expect("the next start goes on with it");
    let stopped = app
        .client()
        .interrupt(list.items[0].conversation.id, None)
        .await
        .expect("stops");
    assert_eq!(stopped, [active.session_id]);
}

#[tokio::test]
async fn a_repository_becomes_a_project_once_with_yes_and_never_unasked() {
    let home = Home::new();
    let repository = weald_testkit::repository::Repository::empty();
    let root = repository.root().display().to_string();
    let args = script(r#"[{"say":"x"}]"#, &["-C", &root]);
    let unasked = home.weald(&args).await;
    assert_eq!(unasked.code, 0);
    assert!(unasked.notes.contains("is no project yet"), "{unasked:?}");
    for _ in 0..2 {
        let args = script(r#"[{"say":"x"}]"#, &["-C", &root, "--yes"]);
        assert_eq!(home.weald(&args).await.code, 0);
    }
    let projects = home.weald(&["project", "list", "--json"]).await.json();
    let roots: Vec<&Value> = projects["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| &p["root_directory"])
        .collect();
    assert_eq!(
        roots,
        [&json!(repository.root().canonicalize().expect("exists"))]
    );
    let id = projects["items"][0]["id"].as_str().expect("an id");
    assert_eq!(home.weald(&["project", "remove", id]).await.code, 0);
    assert!(repository.root().join(".git").exists(), "the folder stays");
}

#[tokio::test]
async fn a_chat_keeps_its_conversation() {
    let home = Home::new();
    let lines = "[{\"say\":\"one\"}]\n\n[{\"say\":\"two\"}]\nnot a script\n";
    let said = home
        .weald_with(&["chat", "--model", "builtin/script", "-q"], lines)
        .await;
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "one\ntwo\n"),
        "{said:?}"
    );
    assert!(said.notes.contains("error:"), "{said:?}");
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    assert_eq!(list["items"].as_array().expect("a list").len(), 1);
}

#[tokio::test]
async fn the_same_key_runs_once() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        let args = script(r#"[{"say":"x"}]"#, &["--idempotency-key", "k1"]);
        let said = app.home().weald(&args).await;
        assert_eq!((said.code, said.out.as_str()), (0, "x\n"), "{said:?}");
    }
    let list = app
        .client()
        .conversations(&Default::default())
        .await
        .expect("lists");
    assert_eq!(list.items.len(), 1);
}

#[tokio::test]
async fn an_input_that_is_no_text_or_too_long_is_refused_by_name() {
    let home = Home::new();
    let said = home.weald_with(&["run", "--json"], b"caf\xe9").await;
    assert_eq!(
        (said.code, &said.problem()["code"]),
        (2, &json!("not_utf8"))
    );
    // The limit cuts the last character in two.
    let long = format!("a{}", "ö".repeat(1024 * 1024 + 1));
    let file = home.path().join("long.txt");
    std::fs::write(&file, long).expect("writes");
    let child = home
        .command(["run", "--json"])
        .stdin(std::fs::File::open(&file).expect("opens"))
        .spawn()
        .expect("starts");
    let said = finish(child).await;
    assert_eq!(
        (said.code, &said.problem()["code"]),
        (2, &json!("part_too_large"))
    );
}

#[tokio::test]
async fn ctrl_c_at_any_command_hands_back_what_it_had_taken_over() {
    let home = Home::new();
    let child = holding(&home, "half").await;
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).await.code, 1);
    // A chat that waits for its first line has taken the session over.
    let mut chat = home
        .command(["chat"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    let stdin = chat.stdin.take();
    let mut notes = chat.stderr.take().expect("a pipe");
    until(&mut notes, &mut String::new(), "Ctrl+D ends the chat").await;
    signal(&chat, Signal::INT);
    assert_eq!(finish(chat).await.code, 130);
    drop(stdin);
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    assert_eq!(
        list["items"][0]["active"]["status"], "executing",
        "it is not orphaned: {list}"
    );
}
