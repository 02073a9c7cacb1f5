//! `weald db` and `weald doctor` on a database server.

use std::{os::unix::fs::PermissionsExt, path::Path};

use crate::{
    app::TestApp,
    command::{Home, finish},
};

/// A database as the first release made it: without what the second migration adds.
const OLDER: &str = "DROP INDEX approval_pending;
     DELETE FROM _sqlx_migrations WHERE version = 2";

async fn stopped_with_a_conversation() -> TestApp {
    let mut app = TestApp::start_in(Home::on_postgres()).await;
    let run = [
        "run",
        "-q",
        "--model",
        "builtin/script",
        r#"[{"say":"Hello"}]"#,
    ];
    let said = app.home().weald(&run).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(app.stop().await, 0);
    app
}

fn dumps(home: &Home) -> Vec<std::path::PathBuf> {
    let folder = home.path().join("home/data/backups");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn is_private_dump(file: &Path) -> bool {
    let mode = file.metadata().expect("is there").permissions().mode();
    let bytes = std::fs::read(file).expect("reads");
    mode & 0o777 == 0o600 && bytes.starts_with(b"PGDMP")
}

#[tokio::test]
async fn reading_works_beside_a_server_and_changing_does_not() {
    let mut app = TestApp::start_in(Home::on_postgres()).await;
    let home = app.home();
    let status = home.weald(&["db", "status", "--json"]).await.json();
    assert_eq!(status["engine"], "postgres");
    assert_eq!(status["schema"]["applied"], status["schema"]["known"]);
    assert_eq!(status["rows"]["user"], 1);
    assert!(status["size_bytes"].as_u64().expect("a number") > 0);
    let said = home.weald(&["db", "status"]).await;
    assert!(
        said.out.contains("PostgreSQL 1") && said.out.contains("up to date"),
        "{said:?}"
    );

    let copy = home.path().join("copy.dump");
    let backup = ["db", "backup", copy.to_str().expect("UTF-8"), "--json"];
    let said = home.weald(&backup).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(
        said.json()["size_bytes"],
        copy.metadata().expect("is there").len()
    );
    assert!(is_private_dump(&copy));
    let said = home.weald(&backup).await;
    assert_eq!(said.problem()["code"], "file_exists", "{said:?}");

    for verb in ["migrate", "vacuum"] {
        let said = home.weald(&["--json", "db", verb]).await;
        assert_eq!(
            (said.code, said.problem()["code"].as_str()),
            (6, Some("data_in_use")),
            "{verb}"
        );
    }
    let said = home.weald(&["--json", "doctor"]).await;
    let checks = said.json();
    let integrity = checks.as_array().expect("a list").iter();
    let integrity = integrity
        .filter(|check| check["name"] == "integrity")
        .collect::<Vec<_>>();
    assert_eq!(integrity.len(), 1);
    assert_eq!(integrity[0]["verdict"], "ok", "{checks}");

    assert_eq!(app.stop().await, 0);
    let home = app.home();
    let said = home.weald(&["db", "migrate"]).await;
    assert!(said.out.contains("nothing to do"), "{said:?}");
    let said = home.weald(&["db", "vacuum", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
}

#[tokio::test]
async fn a_backup_is_a_whole_deployment() {
    let mut app = stopped_with_a_conversation().await;
    let copy = app.home().path().join("copy.dump");
    let said = app
        .home()
        .weald(&["db", "backup", copy.to_str().expect("UTF-8")])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let before = app
        .home()
        .weald(&["conversation", "list", "--json"])
        .await
        .json();

    app.database().run("postgres", "CREATE DATABASE other");
    app.database().restore("other", &copy);
    let url = app.database().url().replace("/postgres?", "/other?");
    let mut command = app.home().command(["conversation", "list", "--json"]);
    command.env("WEALD_DATABASE__URL", url);
    let after = finish(command.spawn().expect("starts")).await;
    assert_eq!(after.code, 0, "{after:?}");
    assert_eq!(after.json(), before);
}

#[tokio::test]
async fn an_older_database_is_dumped_before_a_start_migrates_it() {
    let mut app = stopped_with_a_conversation().await;
    app.database().run("postgres", OLDER);
    let status = app.home().weald(&["db", "status", "--json"]).await.json();
    assert_eq!(status["schema"]["applied"], 1);

    app.restart().await;
    assert_eq!(app.stop().await, 0);
    let made = dumps(app.home());
    let [dump] = made.as_slice() else {
        panic!("{made:?}");
    };
    assert!(is_private_dump(dump));
    let status = app.home().weald(&["db", "status", "--json"]).await.json();
    assert_eq!(status["schema"]["applied"], status["schema"]["known"]);
    assert_eq!(status["rows"]["conversation"], 1);
}

#[tokio::test]
async fn without_a_dump_an_older_database_is_migrated_only_when_told_to() {
    let mut app = stopped_with_a_conversation().await;
    app.database().run("postgres", OLDER);
    let home = app.home();
    // Where dumps go leads to a folder in which nobody can make a file.
    let backups = home.path().join("home/data/backups");
    let made = std::fs::remove_dir_all(&backups);
    made.and_then(|()| std::os::unix::fs::symlink("/proc", &backups))
        .expect("is in the way");
    for args in [
        ["--json", "up", "--no-open", "--addr", "127.0.0.1:0"].as_slice(),
        &["--json", "db", "migrate"],
    ] {
        let said = home.weald(args).await;
        let problem = said.problem();
        assert_eq!((said.code, &problem["code"]), (1, &"backup_failed".into()));
        let hint = problem["hint"].as_str().expect("a hint");
        assert!(
            hint.contains("pg_dump") && hint.contains("--no-backup"),
            "{hint}"
        );
    }
    let status = home.weald(&["db", "status", "--json"]).await.json();
    assert_eq!(status["schema"]["applied"], 1, "nothing was migrated");
    let said = home
        .weald(&["db", "migrate", "--no-backup", "--json"])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["to"], status["schema"]["known"]);
}

#[tokio::test]
async fn a_vacuum_gives_room_back() {
    let mut app = stopped_with_a_conversation().await;
    let fill = "CREATE TABLE big AS SELECT repeat(md5(n::text), 20) AS t
        FROM generate_series(1, 20000) AS n; DELETE FROM big WHERE ctid > '(10,0)'";
    app.database().run("postgres", fill);
    let said = app.home().weald(&["db", "vacuum", "--json"]).await;
    let (before, after) = (
        said.json()["before_bytes"].clone(),
        said.json()["after_bytes"].clone(),
    );
    assert!(
        after.as_u64().expect("a number") + 5_000_000 < before.as_u64().expect("a number"),
        "{before} {after}"
    );
}

#[tokio::test]
async fn an_empty_database_is_none_yet() {
    let home = Home::on_postgres();
    for verb in ["status", "migrate", "vacuum"] {
        let said = home.weald(&["--json", "db", verb]).await;
        assert_eq!(
            (said.code, said.problem()["code"].as_str()),
            (3, Some("no_database")),
            "{verb}: {said:?}"
        );
    }
    let said = home.weald(&["--json", "db", "backup", "copy"]).await;
    assert_eq!(said.problem()["code"], "no_database", "{said:?}");
    assert!(!home.folder().join("copy").exists(), "no file was left");
}

#[tokio::test]
async fn doctor_names_what_is_wrong_with_a_database() {
    let mut app = stopped_with_a_conversation().await;
    app.database()
        .run("postgres", "UPDATE feed SET head_pos = 0");
    let said = app.home().weald(&["--json", "doctor"]).await;
    let checks = said.json();
    let checks = checks.as_array().expect("a list");
    let integrity = checks.iter().find(|check| check["name"] == "integrity");
    let integrity = integrity.expect("is checked");
    assert_eq!(integrity["verdict"], "failed", "{integrity}");
    assert!(
        integrity["detail"]
            .as_str()
            .expect("text")
            .contains("the feed ends at 0"),
        "{integrity}"
    );
}
