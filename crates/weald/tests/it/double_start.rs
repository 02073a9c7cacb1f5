//! A start never fails silently: what is in the way is named, with the next step.

use std::os::unix::fs::PermissionsExt;

use crate::{
    app::TestApp,
    command::{Home, finish},
};

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_by_name() {
    let app = TestApp::start().await;
    let said = app
        .home()
        .weald(&["up", "--no-open", "--addr", "127.0.0.1:0", "--json"])
        .await;
    assert_eq!(said.code, 6, "{said:?}");
    let problem = said.problem();
    assert_eq!(problem["code"], "data_in_use");
    assert!(
        problem["detail"]
            .as_str()
            .expect("text")
            .contains(&app.base()),
        "{problem}"
    );
    assert!(!problem["hint"].is_null());
    assert!(app.client().health().await.is_ok(), "the first one goes on");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = Home::new()
        .weald(&["up", "--no-open", "--addr", &address])
        .await;
    assert_eq!(said.code, 6, "{said:?}");
    assert!(
        said.notes.contains(&address) && said.notes.contains("--addr"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_named() {
    let home = Home::new();
    let file = home.path().join("file");
    std::fs::write(&file, "in the way").expect("writes");
    let mut command = home.command(["up", "--no-open", "--addr", "127.0.0.1:0"]);
    let said = finish(
        command
            .env("WEALD_USER_DATA_DIR", &file)
            .spawn()
            .expect("starts"),
    )
    .await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.notes.contains(&file.display().to_string()) && said.notes.contains("hint:"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_damaged_vault_key_stops_the_start_and_says_so() {
    let mut app = TestApp::start().await;
    assert_eq!(app.stop().await, 0);
    let home = app.home();
    let vault = home.path().join("home/data/secrets.vault");
    for (mode, why) in [(0o600, "does not open"), (0o644, "chmod 600")] {
        std::fs::write(&vault, "damaged").expect("writes");
        std::fs::set_permissions(&vault, PermissionsExt::from_mode(mode)).expect("sets");
        let said = home
            .weald(&["up", "--no-open", "--addr", "127.0.0.1:0", "--json"])
            .await;
        assert_eq!(said.code, 1, "{said:?}");
        assert_eq!(said.problem()["code"], "secret_store");
        assert!(said.notes.contains(why), "{said:?}");
    }
}

#[tokio::test]
async fn a_damaged_database_stops_the_start_and_says_what_helps() {
    let mut app = TestApp::start().await;
    assert_eq!(app.stop().await, 0);
    let home = app.home();
    let database = home.path().join("home/data/weald.sqlite");
    std::fs::write(database, "damaged ".repeat(2000)).expect("writes");
    let up = ["up", "--no-open", "--addr", "127.0.0.1:0", "--json"];
    for args in [up.as_slice(), &["--json", "conversation", "list"]] {
        let said = home.weald(args).await;
        let problem = said.problem();
        assert_eq!(
            (said.code, &problem["code"]),
            (1, &"storage_corrupt".into())
        );
        let hint = problem["hint"].as_str().expect("a hint");
        assert!(
            hint.contains("weald doctor") && hint.contains("backups"),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn a_root_token_that_is_named_and_missing_stops_the_start() {
    let home = Home::new();
    let args = [
        "up",
        "--no-open",
        "--addr",
        "127.0.0.1:0",
        "-c",
        "auth.token=secret://auth/token",
    ];
    let said = home.weald(&args).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.notes.contains("WEALD_SECRET__AUTH__TOKEN"), "{said:?}");
}

#[tokio::test]
async fn the_token_is_shown_once_and_stays_good() {
    let mut app = TestApp::start().await;
    assert_eq!(app.stop().await, 0);
    app.restart().await;
    assert!(app.client().me().await.is_ok());
}
