//! Settings over HTTP (MY-04, WK-048).

use serde_json::json;

use super::caller::Caller;
use crate::app::TestApp;

#[tokio::test]
async fn a_users_settings_are_stored_and_explained() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let before = caller.get("/api/config/get").await.ok();
    assert_eq!(before["values"]["chat"]["message"]["font_size"], 14);
    let patch = json!({"patch": {"chat": {"message": {"font_size": 18}}, "app.theme": "dark"}});
    let after = caller.post("/api/config/update", patch).await.ok();
    assert_eq!(after["values"]["chat"]["message"]["font_size"], 18);
    assert_eq!(after["values"]["app"]["theme"], "dark");
    let explained = caller
        .get("/api/config/explain?key=chat.message.font_size")
        .await
        .ok();
    assert_eq!(
        (
            &explained["winner"]["source"],
            &explained["winner"]["value"]
        ),
        (&json!("user"), &json!(18))
    );
    let default = explained["others"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&default["source"], &default["value"]),
        (&json!("default"), &json!(14))
    );
    let back = caller
        .post("/api/config/update", json!({"patch": {"app.theme": null}}))
        .await
        .ok();
    assert_eq!(
        back["values"]["app"]["theme"],
        before["values"]["app"]["theme"]
    );
}

#[tokio::test]
async fn unknown_settings_and_wrong_values_are_refused_whole() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    for (patch, code) in [
        (json!({"app": {"none": 1}}), "unknown_setting"),
        (json!({"nothing.here": 1}), "unknown_setting"),
        (json!({"chat.message.font_size": "large"}), "bad_setting"),
        (
            json!({"server.port": "many", "app.theme": "dark"}),
            "bad_setting",
        ),
    ] {
        let refused = caller
            .post("/api/config/update", json!({"patch": patch}))
            .await;
        assert_eq!(refused.problem(), (400, code), "{patch}");
    }
    let after = caller.get("/api/config/get").await.ok();
    assert_eq!(
        after["values"]["app"]["theme"], "system",
        "a refused patch was half written"
    );
    let unknown = caller.get("/api/config/explain?key=none.such").await;
    assert_eq!(unknown.problem(), (404, "not_found"));
}
