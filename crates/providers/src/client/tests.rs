//! The client against the scripted server: real HTTP, checked from both sides.

use serde_json::json;
use weald_domain::{
    message::{FinishReason, Outcome},
    model::{ContextMessage, ModelEvent},
    ports::models::Models as _,
    provider::{AuthKind, ProviderKind},
    tool::{EffectClass, ToolSpec},
};
use weald_testkit::model_server::{
    Answer, Cut, Mode, ModelServer, Rules, bytewise, call, cut, fail, hold, hold_headers, raw,
    refuse, reply, say, think, usage, wait,
};

use super::*;
use crate::{ModelClients, sample};

mod wires;

fn quick() -> ClientConfig {
    let millis = Duration::from_millis;
    ClientConfig {
        header: millis(300),
        idle: millis(300),
        patience: millis(300),
        silent_every: millis(100),
        grace: millis(100),
        backoff: millis(5),
        ..ClientConfig::default()
    }
}

fn provider(server: &ModelServer) -> Provider {
    sample::provider(ProviderKind::OpenaiCompatible, Some(&server.base_url()))
}

fn request() -> ModelRequest {
    sample::request("stand-in", vec![sample::user("hi")])
}

async fn open(server: &ModelServer) -> Result<ModelStream, ModelError> {
    let clients = ModelClients::new(quick());
    clients.call(&provider(server), None, request()).await
}

async fn hear(server: &ModelServer) -> Vec<Result<ModelEvent, ModelError>> {
    sample::collect(open(server).await.expect("an answer")).await
}

async fn refused(answer: Answer) -> (ModelError, usize) {
    let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
    let error = open(&server).await.err().expect("refused");
    server.assert_protocol_held();
    (error, server.requests().len())
}

fn said(events: &[Result<ModelEvent, ModelError>]) -> String {
    let mut said = String::new();
    for event in events {
        if let Ok(ModelEvent::Text(text)) = event {
            said.push_str(text);
        }
    }
    said
}

fn code(events: &[Result<ModelEvent, ModelError>]) -> String {
    let error = events.last().and_then(|event| event.as_ref().err());
    error.map_or_else(|| "no error".into(), |error| error.code.clone())
}

#[tokio::test]
async fn text_thinking_and_usage_are_heard() {
    let server =
        ModelServer::scripted([think("hm"), say("Hel"), bytewise("lö 😀"), usage(7, 3)]).await;
    let events = hear(&server).await;
    assert_eq!(said(&events), "Hellö 😀");
    assert_eq!(events[0], Ok(ModelEvent::Reasoning("hm".into())));
    let tail: Vec<_> = events.iter().rev().take(2).cloned().collect();
    assert_eq!(tail[0], Ok(ModelEvent::Finished(FinishReason::Stop)));
    let Ok(ModelEvent::Usage(usage)) = &tail[1] else {
        panic!("no usage: {tail:?}");
    };
    assert_eq!((usage.input, usage.output, usage.total), (7, 3, 10));
    server.until_open(0).await;
    server.assert_protocol_held();
}

#[tokio::test]
async fn a_turn_with_a_tool_holds_the_protocol() {
    let server = ModelServer::scripted([
        say("I look."),
        call("a", "fs_list", &json!({"path": "."})),
        call("b", "fs_list", &json!({})),
        say("Done."),
    ])
    .await;
    let clients = ModelClients::new(quick());
    let mut request = request();
    request.system = Some("be brief".into());
    request.tools = vec![ToolSpec {
        name: "fs_list".into(),
        worker: "fs-worker".into(),
        description: "Lists".into(),
        input_schema: json!({"type": "object"}),
        effect: EffectClass::Pure,
        permissions: vec![],
        keywords: vec![],
        examples: vec![],
    }];

    let first = clients
        .call(&provider(&server), None, request.clone())
        .await;
    let first = sample::collect(first.expect("an answer")).await;
    let state = |id: &str| {
        let output = json!({"content": [{"type": "text", "text": "a.rs"}]});
        sample::tool(id, "fs_list", sample::ended(json!({}), Outcome::Ok, output))
    };
    let parts = vec![sample::said("I look."), state("a"), state("b")];
    request.messages.push(sample::assistant(parts));
    let second = clients.call(&provider(&server), None, request).await;
    let second = sample::collect(second.expect("an answer")).await;

    let calls = first
        .iter()
        .filter(|event| matches!(event, Ok(ModelEvent::ToolCall { .. })));
    assert_eq!(calls.count(), 2);
    assert_eq!(
        first.last(),
        Some(&Ok(ModelEvent::Finished(FinishReason::ToolCalls)))
    );
    assert_eq!(said(&second), "Done.");
    server.assert_protocol_held();
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let answer = reply([say("a")]);
    let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
    let clients = ModelClients::new(quick());
    for _ in 0..5 {
        let stream = clients.call(&provider(&server), None, request()).await;
        sample::collect(stream.expect("an answer")).await;
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_dropped_call_hangs_up() {
    let server = ModelServer::scripted([say("Hel"), hold()]).await;
    let mut stream = open(&server).await.expect("an answer");
    assert_eq!(
        stream.next().await,
        Some(Ok(ModelEvent::Text("Hel".into())))
    );
    drop(stream);
    server.until_open(0).await;
}

#[tokio::test]
async fn the_key_goes_to_the_provider_and_into_no_error() {
    let rules = Rules {
        key: Some("sk-right".into()),
        models: vec!["stand-in".into()],
    };
    let server = ModelServer::start(Mode::Echo, rules).await;
    let clients = ModelClients::new(quick());
    let mut provider = provider(&server);
    provider.auth_kind = AuthKind::ApiKey;
    let key = |key: &str| Some(Secret::new(key.into()));

    let stream = clients.call(&provider, key("sk-right"), request()).await;
    assert_eq!(
        said(&sample::collect(stream.expect("an answer")).await),
        "hi"
    );
    let offered = clients
        .list(&provider, key("sk-right"))
        .await
        .expect("a list");
    assert_eq!(offered[0].id, "stand-in");

    let wrong = clients.call(&provider, key("sk-wrong"), request()).await;
    let wrong = wrong.err().expect("refused");
    assert_eq!(
        (wrong.code.as_str(), wrong.kind),
        ("unauthorized", ModelErrorKind::Auth)
    );
    let other = sample::request("other", vec![sample::user("hi")]);
    let other = clients.call(&provider, key("sk-right"), other).await;
    assert_eq!(other.err().expect("refused").code, "model_not_found");
    let odd = clients.call(&provider, key("a\nb"), request()).await;
    assert_eq!(odd.err().expect("refused").code, "bad_key");
    provider.kind = ProviderKind::Openai;
    let none = clients.call(&provider, None, request()).await;
    assert_eq!(none.err().expect("refused").code, "missing_key");
}

#[tokio::test]
async fn a_key_that_a_provider_repeats_is_covered() {
    let answers = [
        refuse(400, "sk-secret is odd"),
        reply([fail("sk-secret again")]),
        reply([raw("data: sk-secret\n\n")]),
    ];
    let rules = Rules {
        key: Some("sk-secret".into()),
        models: vec![],
    };
    let server = ModelServer::start(Mode::Answers(answers.to_vec()), rules).await;
    let clients = ModelClients::new(quick());
    let mut provider = provider(&server);
    provider.auth_kind = AuthKind::ApiKey;
    for _ in 0..3 {
        let key = Some(Secret::new("sk-secret".into()));
        let error = match clients.call(&provider, key, request()).await {
            Err(error) => error,
            Ok(stream) => {
                let events = sample::collect(stream).await;
                events.last().cloned().expect("events").expect_err("fails")
            }
        };
        assert!(error.message.contains("[key]"), "{error}");
        assert!(!format!("{error:?}").contains("sk-secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_key_in_a_list_of_models_is_covered() {
    let key = "sk-canary-0123456789";
    let rules = Rules {
        key: Some(key.into()),
        models: vec![format!("model-of-{key}"), "plain".into()],
    };
    let server = ModelServer::start(Mode::Echo, rules).await;
    for kind in [ProviderKind::OpenaiCompatible, ProviderKind::Gemini] {
        let mut provider = sample::provider(kind, Some(&server.root_url()));
        provider.auth_kind = AuthKind::ApiKey;
        let key = Some(Secret::new(key.into()));
        let offered = ModelClients::new(quick()).list(&provider, key).await;
        let offered = offered.expect("a list");
        let ids: Vec<&str> = offered.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, ["model-of-[key]", "plain"], "{kind:?}");
        assert!(!format!("{offered:?}").contains("canary"), "{offered:?}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_before_the_first_byte() {
    let answers = [
        refuse(429, "slow").with_header("retry-after", "0"),
        refuse(503, "busy"),
        reply([say("there")]),
    ];
    let server = ModelServer::answering(answers).await;
    assert_eq!(said(&hear(&server).await), "there");
    assert_eq!(server.requests().len(), 3);
    server.assert_protocol_held();
}

#[tokio::test]
async fn tries_end_and_what_would_fail_again_is_not_tried() {
    let (error, tries) = refused(refuse(500, "broken")).await;
    assert_eq!(
        (error.code.as_str(), error.retryable, tries),
        ("provider_unavailable", true, 4)
    );
    let slow = refuse(429, "slow").with_header("retry-after", "3600");
    let (error, tries) = refused(slow).await;
    assert_eq!((error.code.as_str(), tries), ("rate_limited", 1));
    assert_eq!(error.retry_after, Some(Duration::from_secs(3600)));
    let (error, tries) = refused(refuse(400, "no")).await;
    assert_eq!(
        (error.code.as_str(), error.retryable, tries),
        ("bad_request", false, 1)
    );
    assert!(error.message.ends_with("(400 Bad Request): no"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = ModelServer::answering([]).await;
    let away = refuse(307, "moved").with_header("location", &target.base_url());
    let (error, tries) = refused(away).await;
    assert_eq!((error.code.as_str(), tries), ("redirected", 1));
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_unreachable() {
    let server = ModelServer::answering([]).await;
    let gone = provider(&server);
    drop(server);
    tokio::task::yield_now().await;
    let clients = ModelClients::new(ClientConfig {
        retries: 0,
        ..quick()
    });
    let error = clients.call(&gone, None, request()).await;
    let error = error.err().expect("refused");
    assert_eq!(
        (error.code.as_str(), error.kind),
        ("unreachable", ModelErrorKind::Network)
    );
    assert!(error.message.contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn silence_has_its_deadlines() {
    let (error, tries) = refused(hold_headers()).await;
    assert_eq!((error.code.as_str(), tries), ("header_timeout", 1));
    let server = ModelServer::scripted([say("Hel"), hold()]).await;
    let events = hear(&server).await;
    assert_eq!(
        (said(&events).as_str(), code(&events).as_str()),
        ("Hel", "idle_timeout")
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Ok(ModelEvent::Silent(_))))
    );
}

#[tokio::test]
async fn a_server_that_may_work_in_silence_is_given_its_time() {
    let config = ClientConfig {
        header: Duration::from_millis(50),
        idle: Duration::from_millis(50),
        patience: Duration::from_secs(20),
        ..quick()
    };
    for (kind, is_patient) in [
        (ProviderKind::Ollama, true),
        (ProviderKind::OpenaiCompatible, true),
        (ProviderKind::OpenaiResponses, true),
        (ProviderKind::Anthropic, false),
    ] {
        let pause = Duration::from_millis(600);
        let server = ModelServer::scripted([say("a"), wait(pause), say("b")]).await;
        let provider = sample::provider(kind, Some(&server.root_url()));
        let clients = ModelClients::new(config);
        let stream = clients.call(&provider, None, request()).await;
        let events = sample::collect(stream.expect("an answer")).await;
        let told = if is_patient { "ab" } else { "a" };
        assert_eq!(said(&events), told, "{kind:?}");
        let error = if is_patient {
            "no error"
        } else {
            "idle_timeout"
        };
        assert_eq!(code(&events), error, "{kind:?}");
    }
    for (kind, limit) in [(ProviderKind::Ollama, 900), (ProviderKind::Gemini, 60)] {
        let wire = Wire::of(kind).expect("a wire");
        let header = ClientConfig::default().on(wire).header;
        assert_eq!(header, Duration::from_secs(limit), "{kind:?}");
    }
}

#[tokio::test]
async fn a_pause_below_the_deadline_is_no_failure() {
    let server =
        ModelServer::scripted([say("a"), wait(Duration::from_millis(150)), say("b")]).await;
    let events = hear(&server).await;
    assert_eq!(
        (said(&events).as_str(), code(&events).as_str()),
        ("ab", "no error")
    );
}

#[tokio::test]
async fn a_cut_stream_is_an_error_that_keeps_the_text() {
    for how in [Cut::Clean, Cut::Broken] {
        let server = ModelServer::scripted([say("Hel"), cut(how)]).await;
        let events = hear(&server).await;
        assert_eq!(
            (said(&events).as_str(), code(&events).as_str()),
            ("Hel", "cut_stream")
        );
    }
    let server = ModelServer::scripted([say("Hel"), fail("it broke")]).await;
    let events = hear(&server).await;
    assert_eq!(
        (said(&events).as_str(), code(&events).as_str()),
        ("Hel", "provider_error")
    );
}

#[tokio::test]
async fn a_stream_cut_after_any_number_of_bytes_is_never_a_success() {
    let whole = "Grüße 😀";
    let mut finished = 0;
    for bytes in (1..900).step_by(23) {
        let answer = reply([say(whole)]).cut_after(bytes);
        let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
        let events = match open(&server).await {
            Ok(stream) => sample::collect(stream).await,
            Err(error) => vec![Err(error)],
        };
        let is_finished = events
            .iter()
            .any(|event| matches!(event, Ok(ModelEvent::Finished(_))));
        assert!(whole.starts_with(&said(&events)), "{events:?}");
        if is_finished {
            finished += 1;
            assert_eq!(said(&events), whole);
            assert_eq!(code(&events), "no error");
        } else {
            assert_eq!(code(&events), "cut_stream", "{bytes}");
        }
    }
    assert!((1..20).contains(&finished), "{finished}");
}

#[tokio::test]
async fn a_web_page_is_no_model() {
    let page = Answer::Refuse {
        status: 200,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        body: "<html>".into(),
    };
    let (error, tries) = refused(page).await;
    assert_eq!((error.code.as_str(), tries), ("unexpected_content", 1));

    let server = ModelServer::answering([]).await;
    let mut elsewhere = provider(&server);
    elsewhere.base_url = Some(format!("{}/nowhere", server.base_url()));
    let clients = ModelClients::new(quick());
    let error = clients.list(&elsewhere, None).await.expect_err("no list");
    assert_eq!(error.code, "endpoint_not_found");
}

#[test]
fn a_client_can_be_made_on_a_machine_without_certificates() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = ChatClient::default().builder().tls_certs_only([]).build();
    assert!(client.is_ok(), "{client:?}");
}
