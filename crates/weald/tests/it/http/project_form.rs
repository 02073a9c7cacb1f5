//! The export form of projects, there and back (PR-12).

use serde_json::{Value, json};
use weald_testkit::repository::Repository;

use super::caller::Caller;
use crate::{app::TestApp, command::Home};

/// Two repositories and a managed project, of which the second is active.
async fn with_three(first: &Repository, second: &Repository) -> (TestApp, Value) {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    for project in [
        json!({"id": "one", "name": "First", "root_directory": first.root(),
            "description": "with words", "metadata": {"n": 1}}),
        json!({"id": "two", "root_directory": second.root()}),
        json!({"id": "notes", "kind": "managed", "name": "Notes"}),
    ] {
        caller.post("/api/projects/create", project).await.ok();
    }
    let pause = json!({"status": "paused"});
    caller.post("/api/projects/one/update", pause).await.ok();
    let selected = caller.post("/api/projects/two/select", json!({})).await;
    assert_eq!(selected.status, 204);
    let form = caller.get("/api/projects/export").await.ok();
    (app, form)
}

#[tokio::test]
async fn what_was_exported_comes_back_whole_elsewhere() {
    let (first, second) = (Repository::empty(), Repository::empty());
    let (_app, form) = with_three(&first, &second).await;
    assert_eq!(
        (&form["version"], &form["activeProjectId"]),
        (&json!(1), &json!("two"))
    );
    let root = first.root().display().to_string();
    let one = &form["projects"][0];
    assert_eq!(
        (&one["id"], &one["rootDirectory"], &one["status"]),
        (&json!("one"), &json!(root), &json!("paused"))
    );
    assert!(one["createdAt"].is_i64(), "{one}");
    assert_eq!(form["projects"][2]["rootDirectory"], Value::Null, "managed");

    let other = TestApp::start().await;
    let caller = Caller::of(&other);
    let done = caller.post("/api/projects/import", form.clone()).await.ok();
    assert_eq!(
        done,
        json!({"added": ["one", "two", "notes"], "refused": []})
    );
    assert_eq!(caller.get("/api/projects/export").await.ok(), form);
    let notes = caller.get("/api/projects/notes/get").await.ok();
    assert!(std::path::Path::new(notes["root_directory"].as_str().unwrap()).is_dir());

    // Once more: nothing is added, nothing is changed.
    let again = caller.post("/api/projects/import", form.clone()).await.ok();
    let refused = again["refused"].as_array().unwrap();
    let codes: Vec<_> = refused.iter().map(|one| one["code"].clone()).collect();
    assert_eq!(
        (&again["added"], codes),
        (&json!([]), vec![json!("slug_taken"); 3])
    );
    assert_eq!(caller.get("/api/projects/export").await.ok(), form);
}

#[tokio::test]
async fn a_bad_form_is_refused_and_a_bad_project_by_itself() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let newer = json!({"version": 2, "activeProjectId": null, "projects": []});
    let refused = caller.post("/api/projects/import", newer).await;
    assert_eq!(refused.problem(), (400, "bad_version"));
    let many = vec![json!({"id": "a", "name": "a"}); 1001];
    let many = json!({"version": 1, "projects": many});
    let refused = caller.post("/api/projects/import", many).await;
    assert_eq!(refused.problem(), (400, "too_many_projects"));

    let good = Repository::empty();
    let form = json!({"version": 1, "activeProjectId": "gone", "projects": [
        {"id": "gone", "name": "Gone", "rootDirectory": "/no/such/place", "createdAt": 5},
        {"id": "good", "name": "Good", "rootDirectory": good.root(), "createdAt": 7},
    ]});
    let done = caller.post("/api/projects/import", form).await.ok();
    assert_eq!(done["added"], json!(["good"]));
    assert_eq!(done["refused"][0]["code"], "bad_root_directory");
    let good = caller.get("/api/projects/good/get").await.ok();
    assert_eq!(good["created_at"], "1970-01-01T00:00:00.007Z");
    assert_eq!(good["is_active"], true, "the first one added is active");
}

#[tokio::test]
async fn the_command_line_carries_the_form_in_a_file() {
    let (first, second) = (Repository::empty(), Repository::empty());
    let (app, form) = with_three(&first, &second).await;
    let file = app.home().path().join("projects.json");
    let name = file.to_str().unwrap();
    let said = app.home().weald(&["project", "export", "-o", name]).await;
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
    let said = app.home().weald(&["project", "export"]).await;
    assert_eq!(said.json(), form);

    let other = Home::new();
    let said = other.weald(&["project", "import", name]).await;
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "one\ntwo\nnotes\n"),
        "{said:?}"
    );
    assert_eq!(other.weald(&["project", "export"]).await.json(), form);
    let said = other.weald(&["project", "import", name]).await;
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.notes.contains("3 of 3"), "{said:?}");
    assert_eq!(other.weald(&["project", "import", "no-such"]).await.code, 3);
    std::fs::write(&file, "[]").unwrap();
    assert_eq!(other.weald(&["project", "import", name]).await.code, 2);
}
