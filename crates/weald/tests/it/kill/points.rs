//! A crash at each durable boundary, one by one: the process ends exactly there, and what a client
//! had seen or been told is there after the next start.

use std::time::Duration;

use serde_json::{Value, json};
use weald_domain::id::SessionId;
use weald_testkit::history::{Stored, check};

use super::{
    load::{get, post, stored},
    reader::{Connection, Cut, Reader},
};
use crate::app::TestApp;

/// Boundaries that this scenario does not cross, each with the test that does.
const ELSEWHERE: &[&str] = &[
    // Leases are renewed every five seconds: too late for a short session.
    "journal.renew.before_commit",
    "journal.renew.after_commit",
    "journal.renew.before_publish",
    // Files, not the journal: the store's own tests.
    "blob.before_rename",
    "vault.before_rename",
];

/// How many groups the boundaries are spread over, so that two cores share the work.
const GROUPS: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_every_second_boundary_loses_nothing() {
    crash_at_each(TestApp::start().await, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_every_other_boundary_loses_nothing() {
    crash_at_each(TestApp::start().await, 1).await;
}

/// Ends the server at every boundary of a group, one after the other.
pub(crate) async fn crash_at_each(mut app: TestApp, group: usize) {
    let repository = weald_testkit::repository::Repository::empty();
    let project = json!({"id": "repo", "root_directory": repository.root()});
    post(&app, "/api/projects/create", &project).await;
    let points = weald_store::FAIL_POINTS
        .iter()
        .filter(|point| !ELSEWHERE.contains(point));
    for point in points.skip(group).step_by(GROUPS) {
        app.kill9();
        // The third crossing: the first ones belong to the start and to calm water.
        let crash = format!(
            "{point}={}*off->panic",
            if point.starts_with("live") { 40 } else { 1 }
        );
        app.restart_with(&[("FAILPOINTS", &crash), ("WEALD_STREAM__CHECKPOINT_S", "1")])
            .await;
        let mut told = provoke(&app).await;
        assert!(
            app.ends_within(Duration::from_secs(20)).await,
            "{point} was never crossed"
        );
        app.restart().await;
        told.assert_kept(&app, point).await;
    }
}

/// What the client was told before the crash.
#[derive(Default)]
struct Told {
    readers: Vec<(Reader, String)>,
    approved: Option<String>,
    title: Option<(String, String)>,
}

/// Does everything that crosses a boundary, until the server is gone.
async fn provoke(app: &TestApp) -> Told {
    let mut told = Told::default();
    let _ = provoke_until_gone(app, &mut told).await;
    told
}

async fn provoke_until_gone(app: &TestApp, told: &mut Told) -> Option<()> {
    let (base, token) = (app.base(), app.token());
    loop {
        // A call that asks, an edit, and the answer.
        let asks =
            json!([{"say": "look "}, {"tool": "fs_list", "args": {"path": "."}}, {"say": "done"}]);
        let (session, conversation) = run(app, told, &asks, json!(["repo"])).await?;
        let title = format!("crash {session}");
        let path = format!("/api/conversations/{conversation}/update");
        attempt(app, &path, &json!({"title": title})).await?;
        told.title = Some((conversation.clone(), title));
        let approval = pending(app, &conversation).await?;
        let path = format!("/api/approvals/{approval}/answer");
        attempt(app, &path, &json!({"decision": "approve"})).await?;
        told.approved = Some(approval);
        let reader = &mut told.readers.last_mut()?.0;
        if reader.read(&base, &token, Cut::Never).await == Connection::Broken {
            return None;
        }
        // A long answer with checkpoints, interrupted at its end.
        let counts = json!([{"count": 600, "delay_ms": 4}]);
        let (_, conversation) = run(app, told, &counts, json!([])).await?;
        let reader = &mut told.readers.last_mut()?.0;
        let read = reader.read(&base, &token, Cut::Never);
        tokio::select! {
            ended = read => if ended == Connection::Broken { return None },
            () = tokio::time::sleep(Duration::from_millis(2_200)) => {}
        }
        attempt(
            app,
            &format!("/api/conversations/{conversation}/interrupt"),
            &json!({}),
        )
        .await?;
    }
}

async fn run(
    app: &TestApp,
    told: &mut Told,
    acts: &Value,
    projects: Value,
) -> Option<(SessionId, String)> {
    let body = json!({
        "input": [{"type": "text", "text": acts.to_string()}],
        "transport": "stream",
        "project_ids": projects,
        "config_override": {"model": {"name": "builtin/script"}},
    });
    let answer = attempt(app, "/api/conversations/run", &body).await?;
    let session: SessionId = answer["session_id"].as_str()?.parse().ok()?;
    let conversation = answer["conversation_id"].as_str()?.to_owned();
    told.readers.push((
        Reader::new(format!("{session}"), session),
        conversation.clone(),
    ));
    Some((session, conversation))
}

/// The approval that a conversation waits for.
async fn pending(app: &TestApp, conversation: &str) -> Option<String> {
    loop {
        let url = format!("{}/api/approvals/list?state=pending", app.base());
        let request = reqwest::Client::new().get(url).bearer_auth(app.token());
        let list: Value = request.send().await.ok()?.json().await.ok()?;
        let mine = list["items"]
            .as_array()?
            .iter()
            .find(|a| a["conversation_id"] == conversation);
        if let Some(approval) = mine {
            return approval["id"].as_str().map(str::to_owned);
        }
    }
}

/// A request to a server that may be gone before it answers.
async fn attempt(app: &TestApp, path: &str, body: &Value) -> Option<Value> {
    let http = reqwest::Client::new();
    let request = http
        .post(format!("{}{path}", app.base()))
        .bearer_auth(app.token())
        .json(body);
    let answer = request.send().await.ok()?;
    // A boundary that fails without a crash is told as 503, never as success.
    if !answer.status().is_success() {
        return None;
    }
    answer.json().await.ok()
}

impl Told {
    async fn assert_kept(&mut self, app: &TestApp, point: &str) {
        if let Some((conversation, title)) = &self.title {
            let path = format!("/api/conversations/{conversation}/get");
            assert_eq!(
                get(app, &path).await["title"],
                json!(title),
                "{point}: an edit is lost"
            );
        }
        if let Some(approval) = &self.approved {
            let state = get(app, &format!("/api/approvals/{approval}/get")).await["state"].clone();
            assert_eq!(state, "approved", "{point}: an answer is lost");
        }
        let (base, token) = (app.base(), app.token());
        for (mut reader, conversation) in self.readers.drain(..) {
            self::answer_if_asked(app, &conversation).await;
            let mut connections = 0;
            while reader.read(&base, &token, Cut::Never).await != Connection::Finished {
                connections += 1;
                assert!(connections < 50, "{point}: a stream never ended");
            }
            let stored: Stored = stored(app, reader.session, &conversation).await;
            let found = check(reader.session, &[reader.log], &stored);
            assert!(found.is_empty(), "{point}: {found:#?}");
        }
    }
}

/// A session that still waits for a person is told to go on, so that it ends.
async fn answer_if_asked(app: &TestApp, conversation: &str) {
    let list = get(app, "/api/approvals/list?state=pending").await;
    for approval in list["items"].as_array().into_iter().flatten() {
        if approval["conversation_id"] == conversation {
            let path = format!("/api/approvals/{}/answer", approval["id"].as_str().unwrap());
            post(app, &path, &json!({"decision": "approve"})).await;
        }
    }
}
