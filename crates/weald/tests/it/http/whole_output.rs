//! What a tool said beyond what a model is given: kept whole, downloaded, gone with its conversation.

use reqwest::Method;
use serde_json::{Value, json};
use weald_testkit::repository::Repository;

use super::caller::Caller;
use crate::{app::TestApp, approvals};

/// The asset that the one tool call of a conversation names, once it has run.
async fn asset_of(caller: &Caller, conversation: &str) -> Value {
    let path = format!("/api/conversations/{conversation}/messages");
    let messages = caller.get(&path).await.ok();
    let parts: Vec<Value> = messages["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|message| message["message"]["parts"].as_array().unwrap().clone())
        .collect();
    let call = parts.iter().find(|part| part["type"] == "dynamic-tool");
    let call = call.unwrap_or_else(|| panic!("no call: {messages}"));
    let weald = &call["callProviderMetadata"]["weald"];
    assert_eq!(weald["truncated"], true, "{weald}");
    let shown = call["output"]["content"][0]["text"].as_str().unwrap();
    assert!(shown.contains("bytes left out"), "a visible mark");
    assert!(shown.len() < 65 * 1024, "{} bytes", shown.len());
    weald["asset_ids"][0].clone()
}

#[tokio::test]
async fn a_long_output_is_kept_whole_and_goes_with_its_conversation() {
    let repository = Repository::empty();
    let lines: String = (0..9_000).map(|n| format!("line {n} of it\n")).collect();
    repository.write("long.txt", &lines);
    let mut app = TestApp::start().await;
    let acts =
        json!([{"tool": "fs_read", "args": {"path": "long.txt", "limit": 9_000}}, {"say": "done"}]);
    let acts = acts.to_string();
    let home = app.home();
    approvals::parked(home, &repository, &acts).await;
    let id = approvals::pending(home).await;
    let answered = home.weald(&["approval", "answer", &id, "--allow"]).await;
    assert_eq!(answered.code, 0, "{answered:?}");
    approvals::settled(&app).await;

    let caller = Caller::of(&app);
    let conversations = caller.get("/api/conversations/list").await.ok();
    let conversation = conversations["items"][0]["id"].as_str().unwrap().to_owned();
    let asset = asset_of(&caller, &conversation).await;
    let path = format!("/api/assets/{}", asset.as_str().unwrap());
    app.kill9();
    app.restart().await;
    let caller = Caller::of(&app);
    let said = caller.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(said.status(), 200);
    let header = |name: &str| said.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain; charset=utf-8");
    assert!(header("content-disposition").starts_with("attachment"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    let text = said.text().await.unwrap();
    assert!(text.contains("line 0 of it") && text.contains("line 4500 of it"));
    assert!(text.contains("line 8999 of it"), "the end of it");

    let delete = format!("/api/conversations/{conversation}/delete");
    assert_eq!(caller.post(&delete, json!({})).await.status, 204);
    assert_eq!(caller.get(&path).await.problem(), (404, "not_found"));
    let odd = caller.get("/api/assets/none").await;
    assert_eq!(odd.problem(), (400, "bad_id"));
}
