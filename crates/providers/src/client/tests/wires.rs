//! What the client does on every wire, against the server that speaks them all.

use weald_domain::message::{Part, TextState, ToolPart, ToolState};
use weald_testkit::model_server::PullEnd;

use super::*;
use crate::body_in;

/// The kinds whose wire is not Chat Completions.
const KINDS: [ProviderKind; 4] = [
    ProviderKind::Anthropic,
    ProviderKind::OpenaiResponses,
    ProviderKind::Gemini,
    ProviderKind::Ollama,
];

fn provider_of(kind: ProviderKind, server: &ModelServer) -> Provider {
    sample::provider(kind, Some(&server.root_url()))
}

fn with_tool() -> ModelRequest {
    let schema = json!({"name": "fs_list", "description": "Lists", "s": {"type": "object"}});
    let mut request = request();
    request.system = Some("be brief".into());
    request.temperature = Some(0.5);
    request.tools = vec![body_in::tool(&schema, "s", "tools".into()).expect("a tool")];
    request
}

async fn ask(
    provider: &Provider,
    key: Option<&str>,
    request: &ModelRequest,
) -> Result<Vec<Result<ModelEvent, ModelError>>, ModelError> {
    let clients = ModelClients::new(quick());
    let key = key.map(|key| Secret::new(key.into()));
    let stream = clients.call(provider, key, request.clone()).await?;
    Ok(sample::collect(stream).await)
}

/// The message that an answer becomes; its calls are answered with `listed`.
fn message_of(events: &[Result<ModelEvent, ModelError>]) -> ContextMessage {
    let mut parts = vec![];
    for event in events {
        match event.as_ref().expect("no error") {
            ModelEvent::Text(text) => match parts.last_mut() {
                Some(Part::Text { text: said, .. }) => said.push_str(text),
                _ => parts.push(sample::said(text)),
            },
            ModelEvent::Reasoning(text) => match parts.last_mut() {
                Some(Part::Reasoning { text: said, .. }) => said.push_str(text),
                _ => parts.push(thought(text)),
            },
            ModelEvent::ReasoningProvider(value) => {
                if !matches!(parts.last(), Some(Part::Reasoning { .. })) {
                    parts.push(thought(""));
                }
                if let Some(Part::Reasoning { provider, .. }) = parts.last_mut() {
                    let kept = provider.get_or_insert_with(|| json!([]));
                    kept.as_array_mut().expect("an array").push(value.clone());
                }
            }
            ModelEvent::ToolCall { id, name, .. } => {
                let raw = String::new();
                parts.push(sample::tool(id, name, ToolState::InputStreaming { raw }));
            }
            ModelEvent::ToolArgs { delta, .. } => {
                let Some(Part::Tool(ToolPart { state, .. })) = parts.last_mut() else {
                    panic!("arguments without a call: {delta}");
                };
                if let ToolState::InputStreaming { raw } = state {
                    raw.push_str(delta);
                }
            }
            ModelEvent::Usage(_)
            | ModelEvent::Silent(_)
            | ModelEvent::Unknown(_)
            | ModelEvent::Finished(_) => {}
        }
    }
    for part in &mut parts {
        if let Part::Tool(tool) = part
            && let ToolState::InputStreaming { raw } = &tool.state
        {
            let input = serde_json::from_str(raw).expect("whole arguments");
            tool.state = sample::ended(input, Outcome::Ok, json!("listed"));
        }
    }
    sample::assistant(parts)
}

fn thought(text: &str) -> Part {
    Part::Reasoning {
        text: text.into(),
        state: TextState::Done,
        provider: None,
    }
}

#[tokio::test]
async fn a_turn_with_thought_and_tool_holds_the_protocol() {
    for kind in KINDS {
        let server = ModelServer::scripted([
            think("Let me "),
            think("see."),
            say("I look, "),
            bytewise("größer 😀."),
            call("call_a", "fs_list", &json!({"path": "ä"})),
            call("call_b", "fs_list", &json!({})),
            say("Done."),
            usage(7, 3),
        ])
        .await;
        let provider = provider_of(kind, &server);
        let mut request = with_tool();
        let first = ask(&provider, None, &request).await.expect("an answer");
        assert_eq!(said(&first), "I look, größer 😀.", "{kind:?}");
        let finished = Some(&Ok(ModelEvent::Finished(FinishReason::ToolCalls)));
        assert_eq!(first.last(), finished, "{kind:?}");
        let message = message_of(&first);
        let calls = message.parts.iter().filter_map(|part| match part {
            Part::Tool(tool) => tool.input().cloned(),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        });
        assert_eq!(
            calls.collect::<Vec<_>>(),
            [json!({"path": "ä"}), json!({})],
            "{kind:?}"
        );

        request.messages.push(message);
        let second = ask(&provider, None, &request).await.expect("an answer");
        assert_eq!(said(&second), "Done.", "{kind:?}");
        let usage = second.iter().rev().find_map(|event| match event {
            Ok(ModelEvent::Usage(usage)) => Some((usage.input, usage.output)),
            Ok(_) | Err(_) => None,
        });
        assert_eq!(usage, Some((7, 3)), "{kind:?}");
        let finished = Some(&Ok(ModelEvent::Finished(FinishReason::Stop)));
        assert_eq!(second.last(), finished, "{kind:?}");
        server.assert_protocol_held();
    }
}

#[tokio::test]
async fn what_one_provider_signed_is_not_sent_to_another() {
    for kind in KINDS {
        let steps = || [think("hm"), say("a")];
        let one = ModelServer::scripted(steps()).await;
        let two = ModelServer::scripted(steps()).await;
        let mut request = request();
        let first = ask(&provider_of(kind, &one), None, &request).await;
        request
            .messages
            .push(message_of(&first.expect("an answer")));
        request.messages.push(sample::user("and?"));
        let mut other = provider_of(kind, &two);
        other.id = "other".parse().expect("a slug");
        ask(&other, None, &request).await.expect("an answer");
        // The server would refuse a signature that is not its own.
        two.assert_protocol_held();
        assert!(!two.requests()[0].to_string().contains("sig-"), "{kind:?}");
    }
}

#[tokio::test]
async fn the_key_stands_where_the_wire_wants_it() {
    for kind in KINDS {
        let rules = Rules {
            key: Some("sk-right".into()),
            models: vec!["stand-in".into()],
        };
        let server = ModelServer::start(Mode::Echo, rules).await;
        let mut provider = provider_of(kind, &server);
        provider.auth_kind = AuthKind::ApiKey;
        let heard = ask(&provider, Some("sk-right"), &request()).await;
        assert_eq!(said(&heard.expect("an answer")), "hi", "{kind:?}");
        let clients = ModelClients::new(quick());
        let key = Some(Secret::new("sk-right".into()));
        let offered = clients.list(&provider, key).await.expect("a list");
        assert_eq!(offered[0].id, "stand-in", "{kind:?}");
        let wrong = ask(&provider, Some("sk-wrong"), &request()).await;
        assert_eq!(wrong.expect_err("refused").code, "unauthorized", "{kind:?}");
        server.assert_protocol_held();
    }
}

#[tokio::test]
async fn every_way_to_fail_has_its_code() {
    for kind in KINDS {
        for (answer, code) in [
            (reply([say("Hel"), cut(Cut::Clean)]), "cut_stream"),
            (reply([say("Hel"), cut(Cut::Broken)]), "cut_stream"),
            (reply([say("Hel"), fail("it broke")]), "provider_error"),
            (reply([say("Hel"), hold()]), "idle_timeout"),
        ] {
            let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
            let events = ask(&provider_of(kind, &server), None, &request()).await;
            let events = events.expect("an answer");
            assert_eq!(
                (said(&events).as_str(), self::code(&events).as_str()),
                ("Hel", code),
                "{kind:?}"
            );
            server.assert_protocol_held();
        }
        for (answer, code) in [
            (hold_headers(), "header_timeout"),
            (refuse(400, "odd"), "bad_request"),
            (refuse(404, "no such model"), "model_not_found"),
        ] {
            let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
            let refused = ask(&provider_of(kind, &server), None, &request()).await;
            assert_eq!(refused.expect_err("refused").code, code, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_cut_at_any_byte_is_no_success() {
    for kind in KINDS {
        let whole = "Größe 😀";
        let mut finished = 0;
        let clients = ModelClients::new(quick());
        for bytes in (1..1500).step_by(37) {
            let answer = reply([say("Größe"), say(" 😀")]).cut_after(bytes);
            let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
            let provider = provider_of(kind, &server);
            let stream = clients.call(&provider, None, request()).await;
            let events = sample::collect(stream.expect("an answer")).await;
            if matches!(events.last(), Some(Ok(ModelEvent::Finished(_)))) {
                finished += 1;
                assert_eq!(said(&events), whole, "{kind:?}");
            } else {
                assert!(["cut_stream", "bad_chunk"].contains(&self::code(&events).as_str()));
            }
        }
        assert!(finished < 40, "{kind:?}");
    }
}

#[tokio::test]
async fn a_download_tells_how_far_it_is_and_never_ends_well_by_itself() {
    let rules = Rules {
        models: vec!["small".into()],
        ..Rules::default()
    };
    let server = ModelServer::start(Mode::Echo, rules).await;
    let clients = ModelClients::new(quick());
    let ollama = provider_of(ProviderKind::Ollama, &server);
    let told = clients.pull(&ollama, None, "small").await.expect("starts");
    let told: Vec<_> = told.map(|told| told.expect("no error")).collect().await;
    let told: Vec<_> = told
        .iter()
        .map(|told| (told.status.as_str(), told.completed))
        .collect();
    let piece = |completed| ("pulling 6a0746a1ec1a", completed);
    assert_eq!(
        told,
        [
            ("pulling manifest", None),
            piece(None),
            piece(Some(241_970)),
            piece(Some(2_330_605_904)),
            piece(Some(4_661_211_808)),
            ("verifying sha256 digest", None),
            ("writing manifest", None),
            ("success", None),
        ]
    );
    let other = provider_of(ProviderKind::Anthropic, &server);
    let refused = clients.pull(&other, None, "small").await.err();
    assert_eq!(refused.expect("refused").code, "pull_not_available");
}

#[tokio::test]
async fn a_download_that_fails_says_why() {
    let server = ModelServer::start(Mode::Echo, Rules::default()).await;
    server.let_pull("big", PullEnd::DiskFull);
    server.let_pull("gone", PullEnd::Gone);
    server.let_pull("held", PullEnd::Held);
    let config = ClientConfig {
        idle: Duration::from_millis(200),
        ..quick()
    };
    let clients = ModelClients::new(config);
    let ollama = provider_of(ProviderKind::Ollama, &server);
    for (model, lines, code) in [
        ("nowhere", 1, "model_not_found"),
        ("big", 4, "provider_disk_full"),
        ("gone", 4, "cut_stream"),
        ("held", 4, "idle_timeout"),
    ] {
        let told = clients.pull(&ollama, None, model).await.expect("starts");
        let told: Vec<_> = told.collect().await;
        assert_eq!(told.len(), lines + 1, "{told:?}");
        let error = told[lines].as_ref().expect_err("it fails");
        assert_eq!(error.code, code, "{error}");
    }
    server.until_open(0).await;
    let refused = clients.pull(&ollama, None, "two words").await.err();
    assert_eq!(refused.expect("refused").code, "bad_request");
}
