//! A stream that is followed across kill -9 and a restart, by the typed client.

use serde_json::json;
use weald_api::{
    client::RunStream,
    domain::{
        event::SessionEvent,
        preset::{ConfigOverride, OnCrash, PresetModel},
    },
    run::RunRequest,
};
use weald_testkit::model_server::{ModelServer, hold, say};

use crate::app::TestApp;

fn script(acts: &serde_json::Value, on_crash: OnCrash) -> RunRequest {
    RunRequest {
        project_ids: Some(Vec::new()),
        config_override: Some(ConfigOverride {
            model: Some(PresetModel {
                name: "builtin/script".parse().expect("a model"),
                temperature: None,
                max_tokens: None,
                context_window: None,
            }),
            on_crash: Some(on_crash),
            ..ConfigOverride::default()
        }),
        ..RunRequest::text(acts.to_string())
    }
}

/// Reads text until it holds `wanted`.
async fn until_text(run: &mut RunStream, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let envelope = run.next().await.expect("goes on").expect("more");
        if let SessionEvent::ContentDelta(delta) = envelope.session_event() {
            text.push_str(&delta.delta);
        }
    }
    text
}

#[tokio::test]
async fn a_killed_server_loses_no_character_that_was_seen() {
    let mut app = TestApp::start().await;
    let client = app.client();
    let acts = json!([{"count": 5_000, "delay_ms": 5}]);
    let mut run = client
        .run(script(&acts, OnCrash::Fail), None)
        .await
        .expect("runs");
    let seen = until_text(&mut run, "50 ").await;
    app.kill9();
    app.restart().await;
    let mut last = None;
    while let Some(envelope) = run.next().await.expect("goes on") {
        last = Some(envelope);
    }
    let last = last.expect("an end");
    assert_eq!(last.event_type, "run_failed");
    let conversation = run.conversation_id().expect("known");
    let stored = client
        .messages(conversation, None)
        .await
        .expect("lists")
        .items;
    let text = stored[1].message.text();
    assert!(
        text.starts_with(&seen),
        "stored {} characters, seen {}",
        text.len(),
        seen.len()
    );
    assert_eq!(stored.len(), 2);
}

#[tokio::test]
async fn a_session_that_shall_resume_is_answered_after_a_kill() {
    let mut app = TestApp::start().await;
    let client = app.client();
    let acts = json!([{"count": 200, "delay_ms": 5}]);
    let mut run = client
        .run(script(&acts, OnCrash::Resume), None)
        .await
        .expect("runs");
    until_text(&mut run, "20 ").await;
    app.kill9();
    app.restart().await;
    let mut events = Vec::new();
    while let Some(envelope) = run.next().await.expect("goes on") {
        events.push(envelope);
    }
    assert_eq!(
        events.last().map(|event| event.event_type.as_str()),
        Some("run_completed")
    );
    let conversation = run.conversation_id().expect("known");
    let stored = client
        .messages(conversation, None)
        .await
        .expect("lists")
        .items;
    let whole: String = (1..=200).map(|n| format!("{n} ")).collect();
    assert_eq!(stored.last().map(|item| item.message.text()), Some(whole));
}

#[tokio::test]
async fn an_orderly_stop_is_short_and_the_next_start_goes_on() {
    let mut app = TestApp::start().await;
    let client = app.client();
    let acts = json!([{"count": 300, "delay_ms": 5}]);
    let mut run = client
        .run(script(&acts, OnCrash::Fail), None)
        .await
        .expect("runs");
    until_text(&mut run, "20 ").await;
    let began = std::time::Instant::now();
    assert_eq!(app.stop().await, 0);
    assert!(
        began.elapsed().as_secs() < 10,
        "it took {:?}",
        began.elapsed()
    );
    app.restart().await;
    let mut last = None;
    while let Some(envelope) = run.next().await.expect("goes on") {
        last = Some(envelope.event_type);
    }
    assert_eq!(
        last.as_deref(),
        Some("run_completed"),
        "an orderly stop never orphans"
    );
}

#[tokio::test]
async fn an_interrupted_turn_keeps_what_was_streamed() {
    let model = ModelServer::scripted([say("Hel"), hold()]).await;
    let app = TestApp::start().await.with_model(&model).await;
    let client = app.client();
    let mut run = client
        .run(RunRequest::text("hi"), None)
        .await
        .expect("runs");
    assert_eq!(until_text(&mut run, "Hel").await, "Hel");
    let conversation = run.conversation_id().expect("known");
    client.interrupt(conversation, None).await.expect("stops");
    let mut last = None;
    while let Some(envelope) = run.next().await.expect("goes on") {
        last = Some(envelope.session_event());
    }
    assert!(matches!(last, Some(SessionEvent::RunFailed(_))), "{last:?}");
    let stored = client
        .messages(conversation, None)
        .await
        .expect("lists")
        .items;
    assert_eq!(stored[1].message.text(), "Hel");
    model.assert_protocol_held();
}
