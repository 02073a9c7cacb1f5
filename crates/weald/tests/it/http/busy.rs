//! One active agent session for a conversation (NB-44, NB-50).

use serde_json::{Value, json};

use super::caller::{Caller, script};
use crate::app::TestApp;

#[tokio::test]
async fn a_busy_conversation_names_its_session_and_an_interrupt_frees_it() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let (conversation, session) = caller.start(json!([{"say": "half"}, {"hold": true}])).await;

    let mut again = script(json!([{"say": "again"}]));
    again["conversation_id"] = json!(conversation);
    let refused = caller.post("/api/conversations/run", again.clone()).await;
    assert_eq!(refused.problem(), (409, "conversation_busy"));
    assert_eq!(
        refused.body["active_session"],
        json!({
            "session_id": session,
            "stream_key": format!("weald:stream:{session}"),
            "transport": "stream",
        })
    );
    let delete = format!("/api/conversations/{conversation}/delete");
    let refused = caller.post(&delete, json!({})).await;
    assert_eq!(refused.problem(), (409, "conversation_busy"));

    let interrupt = format!("/api/conversations/{conversation}/interrupt");
    let stopped = caller
        .post(&interrupt, json!({"reason": "enough"}))
        .await
        .ok();
    assert_eq!(stopped, json!({"session_ids": [session]}));
    let stream = caller
        .request(
            reqwest::Method::GET,
            &format!("/api/sessions/{session}/events"),
        )
        .send()
        .await
        .unwrap();
    let told = stream.text().await.unwrap();
    assert!(told.contains("event: interrupt_received"), "{told}");
    assert!(
        told.trim_end()
            .lines()
            .last()
            .unwrap()
            .contains("\"reason\":\"interrupted\"")
    );
    let nothing = caller.post(&interrupt, json!({})).await.ok();
    assert_eq!(nothing, json!({"session_ids": []}));

    let session = caller
        .get(&format!(
            "/api/sessions/{session}/get?display_messages=true"
        ))
        .await
        .ok();
    assert_eq!(
        (&session["status"], &session["end_reason"]),
        (&json!("committed"), &json!("interrupted"))
    );
    assert_eq!(session["display_messages"][1]["parts"][0]["text"], "half");
    caller.post("/api/conversations/run", again).await.ok();
}

#[tokio::test]
async fn turns_tell_input_and_answer_by_session() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let (conversation, first) = caller.complete(json!([{"say": "one"}])).await;
    let mut body = script(json!([{"say": "two"}]));
    body["conversation_id"] = json!(conversation);
    let second = caller.post("/api/conversations/run", body).await.ok();
    let second = second["session_id"].as_str().unwrap().to_owned();
    let stream = format!("/api/sessions/{second}/events");
    caller
        .request(reqwest::Method::GET, &stream)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();

    let turns = caller
        .get(&format!("/api/conversations/{conversation}/turns"))
        .await
        .ok();
    assert_eq!(turns["total"], 2);
    let of = |turn: &Value| {
        let text = turn["messages"][0]["parts"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned();
        (turn["session_id"].as_str().unwrap().to_owned(), text)
    };
    assert_eq!(of(&turns["items"][0]), (first.clone(), "one".into()));
    assert_eq!(of(&turns["items"][1]), (second.clone(), "two".into()));
    assert_eq!(turns["items"][0]["input_message"]["role"], "user");
    let window = caller
        .get(&format!(
            "/api/conversations/{conversation}/turns?offset=1&limit=1"
        ))
        .await
        .ok();
    assert_eq!(
        (window["items"].as_array().unwrap().len(), &window["total"]),
        (1, &json!(2))
    );

    let sessions = caller
        .get(&format!("/api/conversations/{conversation}/sessions"))
        .await
        .ok();
    let ids: Vec<_> = sessions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["id"].clone())
        .collect();
    assert_eq!(ids, [json!(first), json!(second)]);
    assert_eq!(sessions["items"][1]["parent_session_id"], json!(first));
}
