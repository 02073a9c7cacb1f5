//! `weald db copy`, `restore` and `prune`: beside a running server, without one, and killed.

use std::path::{Path, PathBuf};

use crate::{
    app::TestApp,
    command::{Home, Said, finish},
};

async fn ok(home: &Home, args: &[&str]) -> Said {
    let said = home.weald(args).await;
    assert_eq!(said.code, 0, "{args:?}: {said:?}");
    said
}

async fn refused(home: &Home, args: &[&str], code: i32, name: &str) {
    let args = [&["--json"], args].concat();
    let said = home.weald(&args).await;
    let problem = said.problem();
    let found = (said.code, problem["code"].as_str());
    assert_eq!(found, (code, Some(name)), "{args:?}: {said:?}");
    assert!(problem["hint"].is_string(), "{said:?}");
}

/// A home in which somebody has talked.
async fn talked() -> Home {
    let home = Home::new();
    talk(&home).await;
    home
}

async fn talk(home: &Home) {
    let script = r#"[{"say": "a word"}]"#;
    ok(home, &["run", "--model", "builtin/script", script]).await;
}

async fn conversations(home: &Home) -> u64 {
    let status = ok(home, &["db", "status", "--json"]).await.json();
    status["rows"]["conversation"].as_u64().expect("a number")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

async fn backup(home: &Home, name: &str) -> PathBuf {
    let file = home.path().join(name);
    ok(home, &["db", "backup", text(&file)]).await;
    file
}

#[tokio::test]
async fn a_copy_in_another_folder_serves_on() {
    let home = talked().await;
    let other = home.path().join("other");
    let copy = ["db", "copy", "--to", text(&other)];
    let said = ok(&home, &[&["--json"], copy.as_slice()].concat()).await;
    let copied = said.json();
    let rows = |name: &str| {
        let tables = copied["tables"].as_array().expect("a list").iter();
        let found = tables.clone().find(|table| table["name"] == name);
        found.expect(name)["rows"].as_u64().expect("a number")
    };
    assert_eq!((rows("conversation"), rows("message")), (1, 2));
    assert_eq!(copied["feed_head"], rows("event"));
    assert_eq!(copied["faults"], serde_json::json!([]));
    refused(&home, &copy, 6, "target_not_empty").await;
    let there = format!("data.root={}", other.display());
    let listed = ok(&home, &["-c", &there, "--json", "conversation", "list"]).await;
    assert!(listed.out.contains("\"id\""), "{listed:?}");
    let said = ok(&home, &["db", "copy", "--to", "a folder"]).await;
    assert!(said.out.contains("conversation") && said.notes.contains("the same"));
    assert!(
        home.folder().join("a folder/weald.sqlite").is_file(),
        "{said:?}"
    );
}

#[tokio::test]
async fn what_changes_places_is_refused_beside_a_server_and_a_dry_run_is_not() {
    let mut app = TestApp::start().await;
    let home = app.home();
    let file = backup(home, "copy.sqlite").await;
    for args in [
        ["db", "copy", "--to", "other"].as_slice(),
        &["db", "restore", text(&file)],
        &["db", "prune"],
    ] {
        refused(home, args, 6, "data_in_use").await;
    }
    let said = ok(home, &["db", "prune", "--dry-run", "--json"])
        .await
        .json();
    assert_eq!(said["dry_run"], true);
    assert_eq!(said["pruned"]["logins"]["count"], 0);
    assert!(said["pruned"]["event_payloads"].is_null(), "they are kept");
    assert_eq!(app.stop().await, 0);
    let home = app.home();
    let said = ok(home, &["db", "prune"]).await;
    assert!(said.notes.contains("retention.events_days"), "{said:?}");
    for to in [
        "postgres://a:hunter2@localhost/b",
        "postgres://localhost/b?password=hunter2",
    ] {
        let args = ["db", "copy", "--to", to];
        refused(home, &args, 2, "password_in_arguments").await;
    }
    refused(home, &["db", "restore", "nothing"], 3, "no_file").await;
    std::fs::write(home.folder().join("odd"), "no database ".repeat(1000)).expect("writes");
    refused(home, &["db", "restore", "odd"], 2, "not_a_backup").await;
    let empty = Home::new();
    refused(&empty, &["db", "copy", "--to", "x"], 3, "no_database").await;
    refused(&empty, &["db", "prune", "--dry-run"], 3, "no_database").await;
    // A copy makes a deployment where there is none.
    ok(&empty, &["db", "restore", text(&file)]).await;
    assert_eq!(conversations(&empty).await, 0);
}

#[tokio::test]
async fn a_restore_that_is_killed_leaves_the_old_database_or_the_new_one() {
    let home = talked().await;
    let one = backup(&home, "one.sqlite").await;
    talk(&home).await;
    let two = backup(&home, "two.sqlite").await;
    for point in weald_store::RESTORE_FAIL_POINTS {
        let killed = home
            .command(["db", "restore", text(&one)])
            .env("FAILPOINTS", format!("{point}=panic"))
            .spawn();
        let said = finish(killed.expect("starts")).await;
        assert!(said.code < 0, "{point} was not crossed: {said:?}");
        let expected = if point == "restore.before_decision" {
            2
        } else {
            1
        };
        assert_eq!(conversations(&home).await, expected, "{point}");
        talk(&home).await;
        assert_eq!(conversations(&home).await, expected + 1, "{point}");
        let said = ok(&home, &["db", "restore", text(&two), "--json"]).await;
        assert!(said.json()["replaced"].is_string(), "{said:?}");
        assert_eq!(conversations(&home).await, 2, "{point}");
    }
}

mod postgres {
    use weald_testkit::postgres::Postgres;

    use super::*;

    #[tokio::test]
    async fn a_deployment_moves_to_a_server_and_goes_on_there() {
        let server = Postgres::start();
        let home = talked().await;
        let url = server.url();
        let copied = ok(&home, &["db", "copy", "--to", &url, "--json"])
            .await
            .json();
        assert!(copied["files"].is_null(), "{copied}");
        let there = format!("database.url={url}");
        talk_there(&home, &there).await;
        let status = ok(&home, &["-c", &there, "--json", "db", "status"]).await;
        assert_eq!(status.json()["rows"]["conversation"], 2);
        assert_eq!(conversations(&home).await, 1, "the source is as it was");
        let restore = ["-c", &there, "db", "restore", "x"];
        refused(&home, &restore, 2, "not_sqlite").await;
        ok(&home, &["-c", &there, "db", "prune"]).await;
        let back = home.path().join("back");
        let args = ["-c", &there, "db", "copy", "--to", text(&back)];
        let said = ok(&home, &args).await;
        let root = format!("data.root={}", back.display());
        let status = ok(&home, &["-c", &root, "--json", "db", "status"]).await;
        assert_eq!(status.json()["rows"]["conversation"], 2, "{said:?}");
    }

    async fn talk_there(home: &Home, there: &str) {
        let script = r#"[{"say": "another"}]"#;
        let args = ["-c", there, "run", "--model", "builtin/script", script];
        ok(home, &args).await;
    }
}
