//! A fault inside Weald in the middle of an answer: a bug that panics.

use serde_json::json;

use super::caller::{Caller, script};
use crate::app::TestApp;

#[tokio::test]
async fn a_panic_in_a_turn_ends_the_session_keeps_its_text_and_frees_the_conversation() {
    let mut app = TestApp::start().await;
    assert_eq!(app.stop().await, 0);
    let fault = ("FAILPOINTS", "live.before_write=40*off->1*panic(a fault)");
    app.restart_with(&[fault]).await;
    let caller = Caller::of(&app);
    let acts = json!([{"count": 600, "delay_ms": 2}]);
    let (conversation, session) = caller.complete(acts).await;

    let path = format!("/api/sessions/{session}/get?display_messages=true");
    let ended = caller.get(&path).await.ok();
    assert_eq!(
        (
            &ended["status"],
            &ended["end_reason"],
            &ended["error"]["code"]
        ),
        (&json!("failed"), &json!("error"), &json!("internal")),
        "{ended}"
    );
    let part = &ended["display_messages"][1]["parts"][0];
    let said = part["text"].as_str().unwrap();
    let counted: Vec<_> = said.split_whitespace().collect();
    assert!(counted.len() > 10 && counted.len() < 600, "{said}");
    for (n, told) in (1..).zip(&counted) {
        assert_eq!(n.to_string(), *told, "{said}");
    }
    assert_ne!(part["state"], "streaming", "{part}");

    let mut next = script(json!([{"say": "again"}]));
    next["conversation_id"] = json!(conversation);
    caller.post("/api/conversations/run", next).await.ok();
}
