//! Approvals on the command line: asked on a terminal, parked without one, answered from elsewhere.

use std::time::Duration;

use expectrl::{Expect, Session, session::OsSession};
use serde_json::json;
use weald_testkit::repository::Repository;

use crate::{
    app::TestApp,
    command::{Home, Said},
};

/// A repository with a file, and the acts that read it.
pub(crate) fn repository() -> (Repository, String) {
    let repository = Repository::empty();
    repository.write("notes.txt", "the answer is 42\n");
    let acts = json!([{"tool": "fs_read", "args": {"path": "notes.txt"}}, {"say": "done"}]);
    (repository, acts.to_string())
}

pub(crate) async fn parked(home: &Home, repository: &Repository, acts: &str) -> Said {
    let root = repository.root().display().to_string();
    let said = home
        .weald(&[
            "run",
            "--yes",
            "-C",
            &root,
            "--model",
            "builtin/script",
            acts,
        ])
        .await;
    assert_eq!(said.code, 8, "{said:?}");
    said
}

pub(crate) async fn pending(home: &Home) -> String {
    let list = home.weald(&["approval", "list", "--json"]).await.json();
    list["items"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("none: {list}"))
        .to_owned()
}

/// Waits until nothing is active, and shows the conversation.
pub(crate) async fn settled(app: &TestApp) -> String {
    loop {
        let list = app
            .client()
            .conversations(&Default::default())
            .await
            .expect("lists");
        let entry = &list.items[0];
        if entry.active.is_none() {
            let id = entry.conversation.id.to_string();
            return app
                .home()
                .weald(&["conversation", "export", &id, "--format", "json"])
                .await
                .out;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn without_a_terminal_the_session_stays_parked_and_goes_on_once_answered() {
    let (repository, acts) = repository();
    let home = Home::new();
    let said = parked(&home, &repository, &acts).await;
    let id = pending(&home).await;
    assert!(
        said.notes.contains(&id) && said.notes.contains("waits for an answer"),
        "{said:?}"
    );

    let app = TestApp::start_in(home).await;
    assert_eq!(
        app.home()
            .weald(&["approval", "answer", &id, "--allow"])
            .await
            .code,
        0
    );
    let export = settled(&app).await;
    assert!(
        export.contains("the answer is 42") && export.contains("done"),
        "{export}"
    );
    let late = app
        .home()
        .weald(&["approval", "answer", &id, "--deny"])
        .await;
    assert_eq!(late.code, 6, "the first answer wins: {late:?}");
}

#[tokio::test]
async fn an_approval_survives_a_kill_and_a_denial_reaches_the_model() {
    let (repository, acts) = repository();
    let mut app = TestApp::start().await;
    parked(app.home(), &repository, &acts).await;
    app.kill9();
    app.restart().await;
    let id = pending(app.home()).await;
    let args = ["approval", "answer", &id, "--deny", "--reason", "not today"];
    assert_eq!(app.home().weald(&args).await.code, 0);
    let export = settled(&app).await;
    assert!(
        export.contains("not today") && !export.contains("the answer is 42"),
        "{export}"
    );
}

#[tokio::test]
async fn without_a_server_an_answer_stays_until_the_session_is_done() {
    let (repository, acts) = repository();
    let home = Home::new();
    parked(&home, &repository, &acts).await;
    let id = pending(&home).await;
    assert_eq!(
        home.weald(&["approval", "answer", &id, "--allow=conversation"])
            .await
            .code,
        0
    );
    let app = TestApp::start_in(home).await;
    assert!(settled(&app).await.contains("the answer is 42"));
}

/// A run on a terminal of its own, nothing piped, up to its approval question.
fn asked_on_a_terminal(home: &Home, repository: &Repository, acts: &str) -> OsSession {
    let mut terminal = terminal(
        home,
        &run_args(repository, acts),
        env!("CARGO_BIN_EXE_weald"),
    );
    to_the_question(&mut terminal);
    terminal
}

fn run_args(repository: &Repository, acts: &str) -> Vec<String> {
    let root = repository.root().display().to_string();
    let args = ["run", "--no-color", "-C", &root];
    let script = ["--model", "builtin/script", acts];
    args.into_iter().chain(script).map(str::to_owned).collect()
}

fn terminal(home: &Home, args: &[String], program: &str) -> OsSession {
    let mut command = std::process::Command::new(program);
    command
        .args(args)
        .env("WEALD_HOME", home.path().join("home"))
        .env("XDG_RUNTIME_DIR", home.path())
        .env("TERM", "xterm");
    let mut terminal = Session::spawn(command).expect("a terminal");
    terminal.set_expect_timeout(Some(Duration::from_secs(60)));
    terminal
}

fn to_the_question(terminal: &mut OsSession) {
    terminal
        .expect("a project? ")
        .expect("the project question");
    terminal.send_line("y").expect("answers");
    terminal.expect("notes.txt").expect("the approval question");
    terminal.expect("Deny").expect("the choices");
}

/// How the command on a terminal ended.
fn exit_of(terminal: &OsSession) -> String {
    let status = terminal.get_process().wait().expect("ends");
    format!("{status:?}")
}

#[tokio::test]
async fn on_a_terminal_the_person_is_asked() {
    let (repository, acts) = repository();
    let home = Home::new();
    let said = tokio::task::spawn_blocking(move || {
        let mut terminal = asked_on_a_terminal(&home, &repository, &acts);
        terminal.send_line("").expect("answers");
        terminal.expect("allowed").expect("the answer is said");
        terminal
            .expect("● fs_read notes.txt  ok")
            .expect("the tool line");
        terminal.expect("done").expect("the model's answer");
        let status = exit_of(&terminal);
        assert!(status.ends_with(", 0)"), "{status}");
    });
    said.await.expect("no panic");
}

#[tokio::test]
async fn a_denial_without_a_reason_is_a_denial() {
    let (repository, acts) = repository();
    let home = Home::new();
    let said = tokio::task::spawn_blocking(move || {
        let mut terminal = asked_on_a_terminal(&home, &repository, &acts);
        let down = "\u{1b}[B";
        terminal.send(down).expect("moves");
        terminal.send(down).expect("moves");
        terminal.send_line("").expect("answers");
        terminal.expect("Why?").expect("the reason is asked");
        terminal.send("\u{1b}").expect("leaves it out");
        terminal.expect("denied").expect("the answer is said");
        terminal.expect("done").expect("the model's answer");
        let status = exit_of(&terminal);
        assert!(status.ends_with(", 0)"), "{status}");
    });
    said.await.expect("no panic");
}

#[tokio::test]
async fn at_a_question_it_can_be_told_to_end() {
    use rustix::process::{Pid, Signal, kill_process};
    let (repository, acts) = repository();
    let home = Home::new();
    let said = tokio::task::spawn_blocking(move || {
        let mut terminal = asked_on_a_terminal(&home, &repository, &acts);
        let id = terminal.get_process().pid().as_raw();
        kill_process(Pid::from_raw(id).expect("a pid"), Signal::TERM).expect("delivered");
        terminal.expect("was told to end").expect("it says so");
        let status = exit_of(&terminal);
        assert!(status.ends_with(", 1)"), "{status}");
    });
    said.await.expect("no panic");
}

#[tokio::test]
async fn a_question_that_runs_out_of_time_gives_the_terminal_back() {
    let (repository, acts) = repository();
    let home = Home::new();
    let said = tokio::task::spawn_blocking(move || {
        let mut shell = vec![
            "-c".to_owned(),
            r#""$0" "$@"; echo ended $?; stty -a"#.to_owned(),
            env!("CARGO_BIN_EXE_weald").to_owned(),
        ];
        shell.extend(run_args(&repository, &acts));
        shell.extend(["--timeout".to_owned(), "4".to_owned()]);
        let mut terminal = terminal(&home, &shell, "/bin/sh");
        to_the_question(&mut terminal);
        terminal.expect("ended 9").expect("it gives up");
        let modes = terminal
            .expect(expectrl::Regex(" -?icanon "))
            .expect("the modes");
        let mode = String::from_utf8_lossy(modes.get(0).expect("a match")).into_owned();
        assert_eq!(mode, " icanon ");
    });
    said.await.expect("no panic");
}

#[tokio::test]
async fn a_run_that_is_shown_again_asks_nothing_that_was_answered() {
    let (repository, acts) = repository();
    let app = TestApp::start().await;
    let root = repository.root().display().to_string();
    let model = ["--model", "builtin/script", &acts];
    let args = ["run", "--yes", "-C", &root, "--idempotency-key", "once"];
    let args = [&args[..], &model[..]].concat();
    assert_eq!(app.home().weald(&args).await.code, 8);
    let id = pending(app.home()).await;
    let allow = ["approval", "answer", &id, "--allow"];
    assert_eq!(app.home().weald(&allow).await.code, 0);
    settled(&app).await;
    let again = app.home().weald(&args).await;
    assert_eq!((again.code, again.out.as_str()), (0, "done\n"), "{again:?}");
}
