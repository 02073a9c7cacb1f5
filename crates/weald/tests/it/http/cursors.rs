//! Cursors of streams and of the feed (NB-39, NB-41, spec 5.7).

use reqwest::Method;
use serde_json::json;

use super::caller::{Answer, Caller};
use crate::app::TestApp;

#[tokio::test]
async fn a_session_stream_checks_its_cursor() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let (conversation, session) = caller.complete(json!([{"say": "hello"}])).await;
    let path = format!("/api/sessions/{session}/events");
    let status = caller
        .get(&format!("/api/sessions/{session}/status"))
        .await
        .ok();
    let end = status["cursor"].as_str().unwrap();

    for garbage in [
        "x",
        "-1-0",
        "1",
        "1--1",
        "",
        "1-0-0",
        "99999999999999999999-0",
    ] {
        let answer = caller.get(&format!("{path}?after={garbage}")).await;
        assert_eq!(answer.problem(), (400, "bad_cursor"), "{garbage}");
    }
    assert_eq!(
        caller.get(&format!("{path}?after=999-0")).await.problem(),
        (400, "cursor_ahead")
    );
    assert_eq!(caller.get(&format!("{path}?after={end}")).await.status, 204);

    // The header wins over the query.
    let both = caller
        .request(Method::GET, &format!("{path}?after=x"))
        .header("last-event-id", end);
    assert_eq!(both.send().await.unwrap().status(), 204);
    let both = caller
        .request(Method::GET, &format!("{path}?after={end}"))
        .header("last-event-id", "x");
    assert_eq!(
        Answer::read(both.send().await.unwrap()).await.problem(),
        (400, "bad_cursor")
    );

    let all = caller.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(all.headers()["content-type"], "text/event-stream");
    assert_eq!(all.headers()["x-accel-buffering"], "no");
    let all = all.text().await.unwrap();
    let ids: Vec<_> = all
        .lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .collect();
    assert_eq!((ids[0], *ids.last().unwrap()), ("1-0", end));
    let rest = caller
        .request(Method::GET, &path)
        .header("last-event-id", ids[1]);
    let rest = rest.send().await.unwrap().text().await.unwrap();
    let told: Vec<_> = rest
        .lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .collect();
    assert_eq!(told, ids[2..]);

    let idle = caller
        .get(&format!("/api/conversations/{conversation}/events"))
        .await;
    assert_eq!(idle.status, 204, "nothing runs in it");
}

#[tokio::test]
async fn the_feed_checks_its_cursor() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    for garbage in ["x", "-1", "1;x", "1;0190b0f0-0000-7000-8000-000000000001:1"] {
        let feed = caller.request(Method::GET, "/api/events?topics=%23");
        let answer = feed.header("last-event-id", garbage).send().await.unwrap();
        assert_eq!(
            Answer::read(answer).await.problem(),
            (400, "bad_cursor"),
            "{garbage}"
        );
    }
    let ahead = caller.get("/api/events?topics=%23&after=999999").await;
    assert_eq!(ahead.problem(), (400, "cursor_ahead"));
}
