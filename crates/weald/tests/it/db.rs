//! `weald db`: beside a running server and without one.

use std::os::unix::fs::PermissionsExt;

use crate::{app::TestApp, command::Home};

#[tokio::test]
async fn reading_works_beside_a_server_and_changing_does_not() {
    let mut app = TestApp::start().await;
    let home = app.home();

    let said = home.weald(&["db", "status", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let status = said.json();
    assert_eq!(status["engine"], "sqlite");
    assert_eq!(status["schema"]["applied"], status["schema"]["known"]);
    assert_eq!(
        (&status["rows"]["user"], &status["rows"]["message"]),
        (&1.into(), &0.into())
    );

    let copy = home.path().join("copy.sqlite");
    let backup = ["db", "backup", copy.to_str().expect("UTF-8"), "--json"];
    let said = home.weald(&backup).await;
    assert_eq!(said.code, 0, "{said:?}");
    let file = copy.metadata().expect("is there");
    assert_eq!(said.json()["size_bytes"], file.len());
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let said = home.weald(&backup).await;
    assert_eq!(
        (said.code, said.problem()["code"].as_str()),
        (6, Some("file_exists"))
    );
    let said = home
        .weald(&["--json", "db", "backup", "no/such/folder/copy"])
        .await;
    assert_eq!(
        (said.code, said.problem()["code"].as_str()),
        (3, Some("no_folder"))
    );

    for verb in ["migrate", "vacuum"] {
        let said = home.weald(&["--json", "db", verb]).await;
        let problem = said.problem();
        assert_eq!(
            (said.code, &problem["code"]),
            (6, &"data_in_use".into()),
            "{verb}"
        );
        let detail = problem["detail"].as_str().expect("text");
        assert!(
            detail.contains(&app.base()),
            "{verb} names who has it: {detail}"
        );
    }

    assert_eq!(app.stop().await, 0);
    let home = app.home();
    let said = home.weald(&["db", "migrate"]).await;
    assert_eq!(
        (said.code, said.out.contains("nothing to do")),
        (0, true),
        "{said:?}"
    );
    let said = home.weald(&["db", "vacuum", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let after = said.json()["after_bytes"].clone();
    let status = home.weald(&["db", "status", "--json"]).await.json();
    assert_eq!(
        (&status["size_bytes"], &status["pages"]["free"]),
        (&after, &0.into())
    );
    let said = home.weald(&["db", "status"]).await;
    assert!(said.out.contains("up to date"), "{said:?}");
}

#[tokio::test]
async fn without_a_database_each_verb_says_so() {
    let home = Home::new();
    for args in [
        ["db", "status"].as_slice(),
        &["db", "migrate", "--no-backup"],
        &["db", "backup", "copy"],
        &["db", "vacuum"],
    ] {
        let said = home.weald(args).await;
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.notes.contains("weald up"), "{said:?}");
    }
    let said = home
        .weald(&["--server", "http://127.0.0.1:9", "db", "status"])
        .await;
    assert_eq!(said.code, 2, "{said:?}");
}
