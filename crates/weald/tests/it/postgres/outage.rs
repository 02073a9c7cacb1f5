//! The database server is restarted while Weald is in use.

use std::time::Duration;

use serde_json::{Value, json};
use weald_domain::id::SessionId;
use weald_testkit::history::check;

use crate::{
    app::TestApp,
    command::{Home, PATIENCE},
    kill::{
        load::{get, post, stored},
        reader::{Connection, Cut, Reader},
    },
};

/// The answer to a request, whatever it is.
async fn asked(app: &TestApp, path: &str, body: Option<&Value>) -> (u16, Value) {
    let http = reqwest::Client::new();
    let url = format!("{}{path}", app.base());
    let request = match body {
        Some(body) => http.post(url).json(body),
        None => http.get(url),
    };
    let answer = request.bearer_auth(app.token()).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

/// Asks until the answer has a status.
async fn until(app: &TestApp, path: &str, body: Option<&Value>, wanted: u16) -> Value {
    let asking = async {
        loop {
            let (status, answer) = asked(app, path, body).await;
            if status == wanted {
                return answer;
            }
            assert_eq!(status, 503, "{path}: {answer}");
            assert_eq!(answer["code"], "storage_unavailable", "{path}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect(path)
}

async fn count(app: &TestApp, numbers: u32, delay_ms: u32) -> (SessionId, String) {
    let acts = json!([{"count": numbers, "delay_ms": delay_ms}]).to_string();
    let body = json!({
        "input": [{"type": "text", "text": acts}],
        "transport": "stream",
        "project_ids": [],
        "config_override": {"model": {"name": "builtin/script"}, "on_crash": "resume"},
    });
    let answer = post(app, "/api/conversations/run", &body).await;
    let session = answer["session_id"].as_str().unwrap().parse().unwrap();
    (
        session,
        answer["conversation_id"].as_str().unwrap().to_owned(),
    )
}

/// How long the outage is: shorter than a lease holds, and longer.
async fn survives(outage: Duration) {
    let mut app = TestApp::start_in(Home::on_postgres()).await;
    let (session, conversation) = count(&app, 1_500, 2).await;
    let mut reader = Reader::new("reader".into(), session);
    let (base, token) = (app.base(), app.token());
    reader.read(&base, &token, Cut::AfterBytes(20_000)).await;

    app.database().stop();
    let update = format!("/api/conversations/{conversation}/update");
    for (path, body) in [
        (update.as_str(), Some(json!({"title": "lost"}))),
        ("/api/conversations/list", None),
        (
            "/api/conversations/run",
            Some(json!({"input": [{"type": "text", "text": "hello"}], "project_ids": []})),
        ),
    ] {
        let (status, answer) = asked(&app, path, body.as_ref()).await;
        assert_eq!(
            (status, &answer["code"]),
            (503, &json!("storage_unavailable")),
            "{path}"
        );
    }
    let (status, health) = asked(&app, "/api/health", None).await;
    assert_eq!(
        (status, &health["status"], &health["database"]),
        (200, &json!("degraded"), &json!("unavailable"))
    );
    tokio::time::sleep(outage).await;
    app.database().restart();

    let kept = json!({"title": "kept"});
    until(&app, &update, Some(&kept), 200).await;
    let path = format!("/api/conversations/{conversation}/get");
    assert_eq!(get(&app, &path).await["title"], "kept");
    let reading = async {
        while reader.read(&base, &token, Cut::Never).await != Connection::Finished {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("the session ends");
    let end = reader.log.seen.last().expect("an end");
    assert_eq!(end.event_type, "run_completed", "{end:?}");
    let stored = stored(&app, session, &conversation).await;
    let whole: String = (1..=1_500).map(|n| format!("{n} ")).collect();
    assert!(
        stored.texts.values().any(|text| *text == whole),
        "the answer is whole and was written once"
    );
    let found = check(session, &[reader.log], &stored);
    assert!(found.is_empty(), "{found:#?}");

    let list = get(&app, "/api/conversations/list").await;
    let listed = list["items"].as_array().unwrap().len();
    assert_eq!(listed, 1, "a refused run left nothing: {list}");
    let (session, conversation) = count(&app, 20, 1).await;
    let mut reader = Reader::new("after".into(), session);
    while reader.read(&base, &token, Cut::Never).await != Connection::Finished {}
    let stored = self::stored(&app, session, &conversation).await;
    assert_eq!(check(session, &[reader.log], &stored), vec![]);
    assert_eq!(app.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_database_server_is_survived() {
    survives(Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_that_is_longer_than_a_lease_is_survived() {
    survives(Duration::from_secs(18)).await;
}
