//! What people edit: conversations, folders, presets, projects, workspaces (NB-08, NB-22, MY-33).

use serde_json::{Value, json};

use super::caller::Caller;
use crate::app::TestApp;

#[tokio::test]
async fn a_conversation_is_renamed_filed_archived_and_deleted() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let (id, _) = caller.complete(json!([{"say": "hello"}])).await;
    let folder = caller
        .post("/api/folders/create", json!({"name": "Work"}))
        .await
        .ok();
    let update = format!("/api/conversations/{id}/update");
    let patch = json!({
        "title": " Plans ", "folder_id": folder["id"], "status": "archived",
        "metadata": {"a": 1, "b": 2},
    });
    let new = caller.post(&update, patch).await.ok();
    assert_eq!(
        (&new["title"], &new["status"]),
        (&json!("Plans"), &json!("archived"))
    );
    let new = caller
        .post(&update, json!({"metadata": {"a": null}}))
        .await
        .ok();
    assert_eq!(
        (&new["metadata"], &new["folder_id"]),
        (&json!({"b": 2}), &folder["id"])
    );
    for (query, found) in [
        ("status=archived", 1),
        ("status=active", 0),
        ("metadata={\"b\":2}", 1),
        ("metadata={\"b\":3}", 0),
        (&*format!("folder_id={}", folder["id"].as_str().unwrap()), 1),
    ] {
        let page = caller
            .get(&format!("/api/conversations/list?{query}"))
            .await
            .ok();
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{query}");
    }
    for (bad, code) in [
        (json!({"title": ""}), "bad_name"),
        (json!({"title": "x".repeat(257)}), "bad_name"),
        (
            json!({"metadata": {"a": "x".repeat(17_000)}}),
            "metadata_too_large",
        ),
    ] {
        assert_eq!(caller.post(&update, bad).await.problem(), (400, code));
    }
    let missing = json!({"folder_id": "0190b0f0-0000-7000-8000-000000000001"});
    assert_eq!(
        caller.post(&update, missing).await.problem(),
        (404, "not_found")
    );

    let settings = format!("/api/conversations/{id}/settings");
    let new = caller
        .post(&settings, json!({"model_id": "builtin/script"}))
        .await
        .ok();
    assert_eq!(new["settings"]["model_id"], "builtin/script");
    let bad = caller.post(&settings, json!({"model_id": "nothing"})).await;
    assert_eq!(bad.problem(), (400, "bad_model"));

    assert_eq!(
        caller
            .post(&format!("/api/conversations/{id}/delete"), json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        caller
            .get(&format!("/api/conversations/{id}/get"))
            .await
            .problem(),
        (404, "not_found")
    );
    assert_eq!(
        caller
            .get(&format!("/api/conversations/{id}/messages"))
            .await
            .problem()
            .0,
        404
    );
}

#[tokio::test]
async fn folders_nest_and_never_inside_themselves() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let make = async |name: &str, parent: Value| {
        let body = json!({"name": name, "parent_id": parent});
        caller.post("/api/folders/create", body).await.ok()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let outer = make("outer", Value::Null).await;
    let inner = make("inner", json!(outer)).await;
    let update = format!("/api/folders/{outer}/update");
    let cycle = caller.post(&update, json!({"parent_id": inner})).await;
    assert_eq!(cycle.problem(), (409, "folder_cycle"));
    assert_eq!(
        caller
            .post(&format!("/api/folders/{outer}/delete"), json!({}))
            .await
            .status,
        204
    );
    let moved = caller.get(&format!("/api/folders/{inner}/get")).await.ok();
    assert_eq!(moved["parent_id"], Value::Null);
    let long = caller
        .post("/api/folders/create", json!({"name": "x".repeat(129)}))
        .await;
    assert_eq!(long.problem(), (400, "bad_name"));
}

#[tokio::test]
async fn a_workspace_has_one_default_preset() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let preset =
        json!({"name": "My Agent", "model": {"name": "builtin/script"}, "is_default": true});
    let made = caller
        .post("/api/presets/create", preset.clone())
        .await
        .ok();
    assert_eq!(
        (&made["id"], &made["is_default"]),
        (&json!("my-agent"), &json!(true))
    );
    assert_eq!(
        caller.post("/api/presets/create", preset).await.problem(),
        (409, "slug_taken")
    );
    let presets = caller.get("/api/presets/list").await.ok();
    let defaults = presets["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["is_default"] == true);
    assert_eq!(defaults.count(), 1);
    let update = "/api/presets/my-agent/update";
    let new = caller
        .post(
            update,
            json!({"name": "Other", "system_prompt": "Be brief."}),
        )
        .await
        .ok();
    assert_eq!(
        (&new["id"], &new["system_prompt"]),
        (&json!("my-agent"), &json!("Be brief."))
    );
    for bad in [
        json!({"model": {"name": "x"}}),
        json!({"model": {"name": "a/b", "temperature": 9}}),
    ] {
        assert_eq!(caller.post(update, bad).await.problem().0, 400);
    }
    assert_eq!(
        caller
            .post("/api/presets/my-agent/delete", json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        caller.get("/api/presets/my-agent/get").await.problem(),
        (404, "not_found")
    );
}

#[tokio::test]
async fn projects_are_repositories_and_the_first_is_the_active_one() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("repository");
    std::fs::create_dir_all(root.join(".git")).unwrap();
    let create = json!({"root_directory": root});
    let first = caller
        .post("/api/projects/create", create.clone())
        .await
        .ok();
    assert_eq!(
        (&first["id"], &first["is_active"]),
        (&json!("repository"), &json!(true))
    );
    let mut again = create;
    again["id"] = json!("again");
    let taken = caller.post("/api/projects/create", again).await;
    assert_eq!(taken.problem(), (409, "root_taken"));
    assert_eq!(taken.body["project_id"], "repository");
    for bad in [
        json!({}),
        json!({"root_directory": "relative"}),
        json!({"root_directory": folder.path()}),
    ] {
        let refused = caller.post("/api/projects/create", bad.clone()).await;
        assert_eq!(refused.problem(), (400, "bad_root_directory"), "{bad}");
    }
    let managed = json!({"kind": "managed", "name": "Notes"});
    let second = caller.post("/api/projects/create", managed).await.ok();
    assert!(std::path::Path::new(second["root_directory"].as_str().unwrap()).is_dir());
    assert_eq!(
        caller
            .post("/api/projects/notes/select", json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        caller
            .post("/api/projects/notes/delete", json!({}))
            .await
            .status,
        204
    );
    let left = caller.get("/api/projects/repository/get").await.ok();
    assert_eq!(left["is_active"], true);
    assert!(std::path::Path::new(second["root_directory"].as_str().unwrap()).is_dir());
}

#[tokio::test]
async fn the_last_workspace_stays() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let made = caller
        .post("/api/workspaces/create", json!({"name": "Second"}))
        .await
        .ok();
    let id = made["id"].as_str().unwrap();
    let presets = caller
        .get(&format!("/api/presets/list?workspace_id={id}"))
        .await
        .ok();
    assert_eq!(presets["items"][0]["is_default"], true);
    let update = format!("/api/workspaces/{id}/update");
    let new = caller
        .post(&update, json!({"name": "New", "color": "teal"}))
        .await
        .ok();
    assert_eq!(
        (&new["name"], &new["color"]),
        (&json!("New"), &json!("teal"))
    );
    assert_eq!(
        caller
            .post(&update, json!({"default_preset_id": "none"}))
            .await
            .problem()
            .0,
        404
    );
    assert_eq!(
        caller
            .post(&format!("/api/workspaces/{id}/delete"), json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        caller
            .get(&format!("/api/workspaces/{id}/get"))
            .await
            .problem(),
        (404, "not_found")
    );
    let me = caller.get("/api/auth/me").await.ok();
    let last = me["default_workspace_id"].as_str().unwrap();
    let refused = caller
        .post(&format!("/api/workspaces/{last}/delete"), json!({}))
        .await;
    assert_eq!(refused.problem(), (409, "last_workspace"));
}
