//! U+0000 in what is sent means the same on both engines: kept where it is kept as JSON, refused
//! with its code elsewhere, and replaced where a model wrote it into a plain text.

use serde_json::{Value, json};

use super::caller::{Caller, script};
use crate::app::TestApp;

/// Asks everything that can be asked with it.
pub(crate) async fn means_the_same(app: &TestApp) {
    let caller = Caller::of(app);
    let (conversation, _) = caller.complete(json!([{"say": "hello"}])).await;
    refused(&caller, &conversation).await;
    kept(&caller, &conversation).await;
    said_by_a_model(&caller).await;
}

async fn refused(caller: &Caller, conversation: &str) {
    let update = format!("/api/conversations/{conversation}/update");
    let preset = json!({"id": "p", "name": "a\0", "model": {"name": "builtin/script"}});
    let described = json!({
        "id": "p", "name": "p", "description": "a\0", "model": {"name": "builtin/script"},
    });
    let prompted = json!({
        "id": "p", "name": "p", "system_prompt": "a\0", "model": {"name": "builtin/script"},
    });
    let provider = json!({
        "id": "p", "kind": "openai_compatible", "display_name": "a\0",
        "base_url": "http://127.0.0.1:1", "models": [],
    });
    let asked = json!({
        "input": [{"type": "text", "text": "[]"}],
        "config_override": {"system_prompt": "a\0"},
    });
    let cases = [
        (update.as_str(), json!({"title": "a\0"}), "title"),
        ("/api/folders/create", json!({"name": "a\0"}), "name"),
        ("/api/workspaces/create", json!({"name": "a\0"}), "name"),
        (
            "/api/projects/create",
            json!({"id": "q", "description": "a\0"}),
            "description",
        ),
        ("/api/presets/create", preset, "name"),
        ("/api/presets/create", described, "description"),
        ("/api/presets/create", prompted, "system_prompt"),
        ("/api/providers/create", provider, "display_name"),
        (
            "/api/conversations/run",
            asked,
            "config_override.system_prompt",
        ),
        (
            "/api/config/update",
            json!({"patch": {"app.theme": "a\0"}}),
            "patch.app.theme",
        ),
    ];
    for (path, body, member) in cases {
        let answer = caller.post(path, body.clone()).await;
        assert_eq!(answer.problem(), (422, "nul_character"), "{path}: {body}");
        assert_eq!(answer.body["member"], member, "{path}");
    }
    let answer = caller.get("/api/conversations/list?metadata=%00").await;
    assert_eq!(answer.problem(), (422, "nul_character"));
}

async fn kept(caller: &Caller, conversation: &str) {
    let update = format!("/api/conversations/{conversation}/update");
    let metadata = json!({"a\0b": "c\0d"});
    caller
        .post(&update, json!({"metadata": metadata}))
        .await
        .ok();
    let path = format!("/api/conversations/{conversation}/get");
    assert_eq!(caller.get(&path).await.ok()["metadata"], metadata);

    let (conversation, _) = caller.complete(json!([{"say": "zero \0 here"}])).await;
    let path = format!("/api/conversations/{conversation}/messages");
    let messages = caller.get(&path).await.ok();
    let text = |n: usize| messages["items"][n]["message"]["parts"][0]["text"].clone();
    assert_eq!(text(1), "zero \0 here");
    let mut body = script(json!([]));
    body["input"] = json!([{"type": "text", "text": "\0[{\"say\":\"x\"}]\0"}]);
    body["config_override"] = json!({"model": {"name": "builtin/planner"}});
    let started = caller.post("/api/conversations/run", body).await.ok();
    let path = format!(
        "/api/conversations/{}/get",
        started["conversation_id"].as_str().unwrap()
    );
    let title = caller.get(&path).await.ok()["title"].clone();
    assert_eq!(title, "[{\"say\":\"x\"}]");
}

/// A tool call whose name and arguments have it: the session asks or ends, and never hangs.
async fn said_by_a_model(caller: &Caller) {
    for acts in [
        json!([{"tool": "fs_read", "args": {"path": "a\0b"}}, {"say": "done"}]),
        json!([{"tool": "no\0tool", "args": {"\0": "\0"}}, {"say": "done"}]),
    ] {
        let (conversation, _) = caller.complete(acts.clone()).await;
        let path = format!("/api/conversations/{conversation}/messages");
        let said: Value = caller.get(&path).await.ok();
        assert!(said.to_string().contains("done"), "{acts}: {said}");
    }
}

#[tokio::test]
async fn the_character_zero_is_kept_as_json_and_refused_elsewhere() {
    means_the_same(&TestApp::start().await).await;
}
