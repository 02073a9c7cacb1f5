//! `Idempotency-Key`: the same key and body answers the first response again.

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, script};
use crate::app::TestApp;

async fn keyed(caller: &Caller, path: &str, key: &str, body: &Value) -> Answer {
    let request = caller
        .request(Method::POST, path)
        .header("idempotency-key", key)
        .json(body);
    Answer::read(request.send().await.unwrap()).await
}

/// The events of a stream, for comparison: a member that is filled in may stand elsewhere.
fn events(stream: &str) -> Vec<Value> {
    let data = stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test]
async fn a_repeated_request_is_answered_and_not_carried_out_again() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let (path, body) = ("/api/folders/create", json!({"name": "one"}));
    let first = keyed(&caller, path, "k", &body).await;
    let again = keyed(&caller, path, "k", &body).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    let folders = caller.get("/api/folders/list").await.ok();
    assert_eq!(folders["items"].as_array().unwrap().len(), 1);

    let other = keyed(&caller, path, "k", &json!({"name": "two"})).await;
    assert_eq!(other.problem(), (422, "key_reused"));
    let elsewhere = keyed(&caller, "/api/workspaces/create", "k", &body).await;
    assert_eq!(elsewhere.problem(), (422, "key_reused"));
    let long = keyed(&caller, path, &"k".repeat(256), &body).await;
    assert_eq!(long.problem(), (400, "bad_idempotency_key"));
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_key_up() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let path = "/api/folders/create";
    let refused = keyed(&caller, path, "k", &json!({"name": ""})).await;
    assert_eq!(refused.problem(), (400, "bad_name"));
    assert_eq!(
        keyed(&caller, path, "k", &json!({"name": "ok"}))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn many_runs_with_one_key_are_one_session() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let body = script(json!([{"say": "once"}]));
    let runs = (0..8).map(|_| keyed(&caller, "/api/conversations/run", "run", &body));
    let runs = futures::future::join_all(runs).await;
    for run in &runs {
        assert_eq!((run.status, &run.body), (202, &runs[0].body));
    }
    let conversations = caller.get("/api/conversations/list").await.ok();
    assert_eq!(conversations["items"].as_array().unwrap().len(), 1);
    let other = keyed(
        &caller,
        "/api/conversations/run",
        "run",
        &script(json!([{"say": "x"}])),
    )
    .await;
    assert_eq!(other.problem(), (422, "key_reused"));

    // As a stream the same key tells the same session from its beginning.
    let mut body = body;
    body["transport"] = json!("sse");
    let stream = |key: &'static str| {
        let request = caller.request(Method::POST, "/api/conversations/run");
        request.header("idempotency-key", key).json(&body).send()
    };
    let first = stream("sse").await.unwrap();
    let again = stream("sse").await.unwrap();
    assert_eq!(
        first.headers()["weald-session-id"],
        again.headers()["weald-session-id"]
    );
    let first = events(&first.text().await.unwrap());
    assert_eq!(first, events(&again.text().await.unwrap()));
    assert_eq!(first.last().unwrap()["event_type"], "run_completed");
}
