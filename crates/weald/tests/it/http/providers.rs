//! Providers: a key goes in and never comes out again.

use serde_json::json;
use weald_testkit::model_server::{ModelServer, reply, say};

use super::caller::Caller;
use crate::app::TestApp;

#[tokio::test]
async fn a_key_goes_in_and_never_comes_out() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let secret = "sk-canary-7f3a";
    let create = json!({
        "kind": "openai_compatible", "display_name": "Local", "base_url": "http://127.0.0.1:9/v1/",
        "api_key": secret, "models": ["small"],
    });
    let made = caller
        .post("/api/providers/create", create.clone())
        .await
        .ok();
    assert_eq!(made["secret_ref"], "secret://provider/local");
    assert_eq!(made["base_url"], "http://127.0.0.1:9/v1");
    let second = caller.post("/api/providers/create", create).await.ok();
    assert_eq!(
        second["id"], "local-2",
        "a name nobody asked for gets a number"
    );
    let update = json!({"api_key": format!("{secret}-new"), "display_name": "Renamed"});
    let new = caller
        .post("/api/providers/local/update", update)
        .await
        .ok();
    let tested = caller
        .post("/api/providers/local/test", json!({}))
        .await
        .ok();
    assert_eq!(tested["ok"], false);
    assert!(!tested["error"]["hint"].as_str().unwrap().is_empty());
    let synced = caller
        .post("/api/providers/local/models/sync", json!({}))
        .await;
    assert_eq!(synced.problem(), (424, "provider_failed"));
    let models = caller.get("/api/models/list?provider_id=local").await.ok();
    assert_eq!(models["items"][0]["provider_model_id"], "small");
    let providers = caller.get("/api/providers/list").await.ok();
    for told in [
        &made,
        &second,
        &new,
        &tested,
        &synced.body,
        &models,
        &providers,
    ] {
        assert!(!told.to_string().contains(secret), "{told}");
    }
    assert_eq!(
        caller
            .post("/api/providers/local/delete", json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        caller.get("/api/providers/local/get").await.problem(),
        (404, "not_found")
    );
}

#[tokio::test]
async fn where_secrets_are_the_environment_a_provider_finds_its_key_and_can_go() {
    let mut app = TestApp::start().await;
    app.stop().await;
    app.restart_with(&[
        ("WEALD_SECRETS__BACKEND", "env"),
        ("WEALD_SECRET__PROVIDER__LOCAL", "sk-canary-7f3a"),
    ])
    .await;
    let caller = Caller::of(&app);
    let create = json!({
        "kind": "openai_compatible", "display_name": "Local", "base_url": "http://127.0.0.1:9/v1",
    });
    let made = async || {
        let made = caller.post("/api/providers/create", create.clone()).await;
        made.ok()
    };
    let (first, second) = (made().await, made().await);
    assert_eq!(first["secret_ref"], "secret://provider/local");
    assert_eq!(first["auth_kind"], "api_key");
    assert_eq!(second["id"], "local-2");
    assert_eq!(
        second["secret_ref"],
        json!(null),
        "there is no key of that name"
    );
    let gone = caller.post("/api/providers/local/delete", json!({})).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
}

#[tokio::test]
async fn bad_providers_are_refused() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let base = json!({"kind": "openai_compatible", "display_name": "x", "base_url": "http://h/v1"});
    for (member, value, status, code) in [
        ("kind", json!("no_such_wire"), 400, "bad_request"),
        ("kind", json!("builtin"), 409, "builtin"),
        ("display_name", json!(""), 400, "bad_name"),
        ("base_url", json!("file:///etc/passwd"), 400, "bad_base_url"),
        (
            "base_url",
            json!("http://user:password@h/"),
            400,
            "bad_base_url",
        ),
        ("base_url", json!(null), 400, "bad_base_url"),
        (
            "base_url",
            json!("http://169.254.169.254/latest"),
            400,
            "address_not_allowed",
        ),
        (
            "base_url",
            json!("http://metadata.google.internal/v1"),
            400,
            "address_not_allowed",
        ),
        ("display_name", json!("safe\u{202e}elif"), 400, "bad_name"),
        ("api_key", json!("two words"), 400, "bad_api_key"),
        ("id", json!("NO SLUG"), 400, "bad_request"),
        ("models", json!([""]), 400, "bad_model"),
    ] {
        let mut body = base.clone();
        body[member] = value;
        let refused = caller.post("/api/providers/create", body.clone()).await;
        assert_eq!(refused.problem(), (status, code), "{body}");
    }
    let builtin = caller
        .post(
            "/api/providers/builtin/update",
            json!({"is_enabled": false}),
        )
        .await;
    assert_eq!(builtin.problem(), (409, "builtin"));
    let tested = caller
        .post("/api/providers/builtin/test", json!({}))
        .await
        .ok();
    assert_eq!(tested["ok"], true);
}

#[tokio::test]
async fn a_key_does_not_move_to_another_server() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let create = json!({
        "kind": "openai_compatible", "display_name": "Mine", "base_url": "http://127.0.0.1:9/v1",
        "api_key": "sk-canary-7f3a",
    });
    caller.post("/api/providers/create", create).await.ok();
    let update = async |body| caller.post("/api/providers/mine/update", body).await.ok();

    let same = update(json!({"base_url": "http://127.0.0.1:9/v2"})).await;
    assert_eq!(same["key_removed"], false);
    assert_eq!(same["secret_ref"], "secret://provider/mine");

    let moved = update(json!({"base_url": "http://127.0.0.1:8/v2"})).await;
    assert_eq!(moved["key_removed"], true);
    assert_eq!(moved["secret_ref"], json!(null));
    assert_eq!(moved["auth_kind"], "none");

    let both = json!({"base_url": "http://127.0.0.1:7/v2", "api_key": "sk-another-one"});
    let with_key = update(both).await;
    assert_eq!(with_key["key_removed"], false);
    assert_eq!(with_key["secret_ref"], "secret://provider/mine");
}

#[tokio::test]
async fn what_is_there_already_is_found_and_connected_without_typing() {
    let model = ModelServer::answering([reply([say("from Ollama")])]).await;
    let mut app = TestApp::start().await;
    assert_eq!(app.stop().await, 0);
    let key = "sk-canary-2b8e61";
    let address = model.base_url();
    app.restart_with(&[
        ("OPENAI_API_KEY", key),
        ("GROQ_API_KEY", ""),
        ("OLLAMA_HOST", address.trim_end_matches("/v1")),
    ])
    .await;
    let caller = Caller::of(&app);
    let find = async |name: &str| {
        let found = caller.get("/api/providers/found").await.ok();
        assert!(!found.to_string().contains(key), "{found}");
        let items = found["items"].as_array().unwrap().clone();
        let item = items.into_iter().find(|item| item["display_name"] == name);
        item.unwrap()
    };
    let openai = find("OpenAI").await;
    let expected = json!({
        "source": "environment", "kind": "openai", "display_name": "OpenAI",
        "key_variable": "OPENAI_API_KEY", "is_present": true,
    });
    assert_eq!(openai, expected);
    assert_eq!(find("Groq").await["is_present"], false);
    let ollama = find("Ollama").await;
    assert_eq!(
        (&ollama["source"], &ollama["kind"]),
        (&json!("local"), &json!("ollama"))
    );
    assert_eq!(ollama["base_url"], address.trim_end_matches("/v1"));
    let gemini = find("Gemini").await;
    assert_eq!(
        (&gemini["kind"], &gemini["base_url"]),
        (&json!("gemini"), &json!(null)),
        "its own wire knows its address"
    );
    assert_eq!(
        (&ollama["is_present"], &ollama["models"]),
        (&json!(true), &json!(1))
    );

    let create = |variable: &str| {
        let body = json!({
            "kind": "openai", "display_name": "OpenAI", "key_variable": variable,
        });
        caller.post("/api/providers/create", body)
    };
    for unset in ["GROQ_API_KEY", "PATH", "WEALD_TOKEN"] {
        let refused = create(unset).await;
        assert_eq!(refused.problem(), (400, "unknown_variable"));
    }
    let add = async |name: &str| {
        let args = [
            "provider",
            "add",
            "openai",
            "--id",
            "by-command",
            "--no-test",
        ];
        let args = [&args[..], &["--key-variable", name, "--json"]].concat();
        app.home().weald(&args).await
    };
    let refused = add("PATH").await;
    assert_eq!(refused.problem()["code"], "unknown_variable");
    assert!(refused.notes.contains("OPENAI_API_KEY"), "{refused:?}");
    let added = add("OPENAI_API_KEY").await;
    assert_eq!(added.json()["secret_ref"], "secret://env/openai_api_key");
    let gone = caller
        .post("/api/providers/by-command/delete", json!({}))
        .await;
    assert_eq!(gone.status, 204);
    let made = create("OPENAI_API_KEY").await.ok();
    assert_eq!(made["secret_ref"], "secret://env/openai_api_key");
    assert_eq!(made["auth_kind"], "api_key");
    assert_eq!(find("OpenAI").await["provider_id"], "openai");
    let again = create("OPENAI_API_KEY").await.ok();
    assert_eq!(again["secret_ref"], "secret://env/openai_api_key");
    let moved = json!({"base_url": "http://127.0.0.1:9/v1"});
    let moved = caller
        .post("/api/providers/openai/update", moved)
        .await
        .ok();
    assert_eq!(
        (&moved["key_removed"], &moved["secret_ref"]),
        (&json!(true), &json!(null))
    );

    let body = json!({
        "kind": ollama["kind"], "display_name": "Ollama", "base_url": ollama["base_url"],
    });
    caller.post("/api/providers/create", body).await.ok();
    assert_eq!(find("Ollama").await["provider_id"], "ollama");
    model.stop();
    assert_eq!(find("Ollama").await["is_present"], false);
}
