//! Streams that run: the listing holds the live text, feed and stream go on from it, and a user
//! has at most 64 of them.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use weald_api::{Client, Endpoint, chat::ChatEvent, run::RunRequest};
use weald_domain::{
    cursor::Cursor,
    event::{Envelope, SessionEvent},
    id::ConversationId,
    preset::{ConfigOverride, PresetModel},
};

use super::caller::{Answer, Caller, script};
use crate::app::TestApp;

fn client(caller: &Caller) -> Client {
    let url = caller.base.parse().unwrap();
    Client::connect(Endpoint::Tcp {
        url,
        token: Some(caller.token.clone()),
    })
    .unwrap()
}

fn counting(to: u32, delay_ms: u32) -> RunRequest {
    let acts = json!([{"count": to, "delay_ms": delay_ms}]).to_string();
    let model = PresetModel {
        name: "builtin/script".parse().unwrap(),
        temperature: None,
        max_tokens: None,
        context_window: None,
    };
    let mut request = RunRequest::text(acts);
    request.config_override = Some(ConfigOverride {
        model: Some(model),
        ..ConfigOverride::default()
    });
    request
}

fn words(to: u32) -> String {
    (1..=to).map(|n| format!("{n} ")).collect()
}

/// Lays the deltas of an envelope over a text that may hold some of them.
fn lay_over(text: &mut Vec<char>, envelope: &Envelope) {
    if let SessionEvent::ContentDelta(delta) = envelope.session_event() {
        let offset = usize::try_from(delta.offset).unwrap();
        assert!(
            offset <= text.len(),
            "a gap at {offset}, {} are there",
            text.len()
        );
        text.extend(delta.delta.chars().skip(text.len() - offset));
    }
}

#[tokio::test]
async fn the_listing_holds_the_live_text_and_the_feed_goes_on_from_it() {
    let app = TestApp::start().await;
    let client = client(&Caller::of(&app));
    let started = client.start(counting(120, 10), None).await.unwrap();
    let conversation = started.conversation_id;
    tokio::time::sleep(Duration::from_millis(300)).await;

    let branch = client.messages(conversation, None).await.unwrap();
    let mut text: Vec<char> = branch.items[1].message.text().chars().collect();
    assert!(!text.is_empty(), "no live text in the listing");
    let topic = format!("conversation.{conversation}");
    let mut feed = client.feed(&[&topic], branch.feed_cursor).await.unwrap();
    loop {
        let envelope = feed.next().await.unwrap().unwrap();
        lay_over(&mut text, &envelope);
        if envelope.is_terminal() {
            break;
        }
    }
    assert_eq!(String::from_iter(text), words(120));
    let stored = client.messages(conversation, None).await.unwrap();
    assert_eq!(stored.items[1].message.text(), words(120));
}

#[tokio::test]
async fn a_dropped_stream_is_followed_again_from_where_it_was() {
    let app = TestApp::start().await;
    let client = client(&Caller::of(&app));
    let mut run = client.run(counting(100, 5), Some("a key")).await.unwrap();
    let session = run.session_id();
    let mut text = Vec::new();
    let mut seen = Cursor::START;
    for _ in 0..20 {
        let envelope = run.next().await.unwrap().unwrap();
        lay_over(&mut text, &envelope);
        seen = envelope.event_id;
    }
    drop(run);
    let mut rest = client.follow(session, seen).await.unwrap();
    while let Some(envelope) = rest.next().await.unwrap() {
        assert!(envelope.event_id > seen);
        lay_over(&mut text, &envelope);
        seen = envelope.event_id;
    }
    assert_eq!(String::from_iter(text), words(100));
    let mut nothing = client.follow(session, seen).await.unwrap();
    assert!(nothing.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_run_whose_caller_hangs_up_is_carried_out_whole_or_not_at_all() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let mut body = script(json!([{"say": "to nobody"}]));
    body["transport"] = json!("sse");
    let body = body.to_string();
    let request = format!(
        "POST /api/conversations/run HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        caller.token,
        body.len()
    );
    let address = caller.base.trim_start_matches("http://");
    for pause in 0..30 {
        let mut wire = tokio::net::TcpStream::connect(address).await.unwrap();
        wire.write_all(request.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_micros(200 * pause)).await;
    }
    let quiet = async {
        let mut before = None;
        loop {
            let page = caller.get("/api/conversations/list").await.ok();
            let items = page["items"].as_array().unwrap().clone();
            let settled = items.iter().all(|item| item["active"].is_null());
            if settled && before == Some(items.len()) {
                return items;
            }
            before = Some(items.len());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let items = tokio::time::timeout(Duration::from_secs(20), quiet)
        .await
        .unwrap();
    assert!(!items.is_empty(), "nobody was heard");
    for item in items {
        let path = format!(
            "/api/conversations/{}/messages",
            item["id"].as_str().unwrap()
        );
        let branch = caller.get(&path).await.ok();
        let answer = &branch["items"][1]["message"];
        assert_eq!(answer["parts"][0]["text"], "to nobody", "{branch}");
        assert_eq!(answer["metadata"]["finish_reason"], "stop", "{branch}");
    }
}

#[tokio::test]
async fn a_chat_stream_tells_the_chat_view() {
    let app = TestApp::start().await;
    let client = client(&Caller::of(&app));
    let mut chat = client.start_chat_stream(counting(5, 1)).await.unwrap();
    let mut text = String::new();
    let mut kinds = Vec::new();
    while let Some(event) = chat.next().await.unwrap() {
        match event {
            ChatEvent::Started { .. } => kinds.push("started"),
            ChatEvent::Delta { text_delta, .. } => text.push_str(&text_delta),
            ChatEvent::Checkpointed { .. } => {}
            ChatEvent::Completed { .. } => kinds.push("completed"),
            ChatEvent::Failed { .. } => kinds.push("failed"),
            ChatEvent::Canceled { .. } => kinds.push("canceled"),
        }
    }
    assert_eq!(
        (kinds.as_slice(), text),
        (["started", "completed"].as_slice(), words(5))
    );
}

#[tokio::test]
async fn the_sixty_fifth_stream_is_refused_and_a_closed_one_makes_room() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let (conversation, session) = caller.start(json!([{"hold": true}])).await;
    let path = format!("/api/sessions/{session}/events");
    let open = || caller.request(Method::GET, &path).send();
    let mut streams = Vec::new();
    for _ in 0..64 {
        let response = open().await.unwrap();
        assert_eq!(response.status(), 200);
        streams.push(response);
    }
    assert_eq!(
        Answer::read(open().await.unwrap()).await.problem(),
        (429, "too_many_streams")
    );
    streams.pop();
    // The server sees the closed connection in its own time.
    let mut reopened = open().await.unwrap().status();
    for _ in 0..200 {
        if reopened == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
        reopened = open().await.unwrap().status();
    }
    assert_eq!(reopened, 200);
    let interrupt = format!("/api/conversations/{conversation}/interrupt");
    caller.post(&interrupt, json!({})).await.ok();
    let told = streams.pop().unwrap().text().await.unwrap();
    assert!(told.contains("event: run_failed"), "{told}");
}

#[tokio::test]
async fn a_stream_outlives_a_restart_of_the_server() {
    let mut app = TestApp::start().await;
    let caller = Caller::of(&app);
    let client = client(&caller);
    let mut request = counting(200, 10);
    let over = request.config_override.as_mut().unwrap();
    over.on_crash = Some(weald_domain::preset::OnCrash::Resume);
    let run = client.run(request, None).await.unwrap();
    let conversation: ConversationId = run.conversation_id().unwrap();
    let reading = async {
        let mut run = run;
        let mut seen = Vec::new();
        while let Some(envelope) = run.next().await.unwrap() {
            seen.push(envelope.event_id);
        }
        seen
    };
    let killing = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        app.kill9();
        app.restart().await;
    };
    let both = async { tokio::join!(reading, killing) };
    let (seen, ()) = tokio::time::timeout(Duration::from_secs(60), both)
        .await
        .unwrap();
    assert!(
        seen.windows(2).all(|pair| pair[0] < pair[1]),
        "an event twice or out of order"
    );
    let status = client.conversation(conversation).await.unwrap();
    assert!(status.active.is_none());
}

#[tokio::test]
async fn at_a_stop_streams_close_without_an_end_and_the_next_start_goes_on() {
    let mut app = TestApp::start().await;
    let caller = Caller::of(&app);
    let acts = json!([{"count": 150, "delay_ms": 10}]);
    let (conversation, session) = caller.start(acts).await;
    let path = format!("/api/sessions/{session}/events");
    let stream = caller.request(Method::GET, &path).send().await.unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let begun = std::time::Instant::now();
    let (told, code) = tokio::join!(stream.text(), app.stop());
    assert_eq!(code, 0);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    let told = told.unwrap();
    assert!(told.ends_with("\n\n"), "cut inside a frame: {told}");
    assert!(
        !told.contains("event: run_completed") && !told.contains("event: run_failed"),
        "{told}"
    );

    app.restart().await;
    let last: Cursor = told
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap()
        .parse()
        .unwrap();
    let client = client(&caller);
    let mut rest = client.follow(session.parse().unwrap(), last).await.unwrap();
    let mut ended = false;
    while let Some(envelope) = rest.next().await.unwrap() {
        ended = envelope.is_terminal();
    }
    assert!(ended, "resumed and not told to its end");
    let branch = client
        .messages(conversation.parse().unwrap(), None)
        .await
        .unwrap();
    let text: String = branch
        .items
        .iter()
        .skip(1)
        .map(|item| item.message.text())
        .collect();
    assert!(
        text.starts_with(&words(10)) && text.contains("150 "),
        "{text}"
    );
}
