//! Starting on a database server, and every reason not to.

use serde_json::Value;
use weald_testkit::postgres::Postgres;

use crate::{
    app::TestApp,
    command::{Home, Said, finish},
};

const UP: [&str; 5] = ["--json", "up", "--no-open", "--addr", "127.0.0.1:0"];

/// A command on a database of its own choosing.
async fn on(home: &Home, url: &str, args: &[&str]) -> Said {
    let mut command = home.command(args);
    command.env("WEALD_DATABASE__URL", url);
    finish(command.spawn().expect("starts")).await
}

fn code(said: &Said) -> (i32, String) {
    let problem = said.problem();
    assert!(!problem["hint"].is_null(), "{problem}");
    (
        said.code,
        problem["code"].as_str().expect("a code").to_owned(),
    )
}

#[tokio::test]
async fn a_server_and_commands_without_one_share_the_tables() {
    let mut app = TestApp::start_in(Home::on_postgres()).await;
    let acts = r#"[{"say":"Hello"}]"#;
    let run = ["run", "-q", "--model", "builtin/script", acts];
    let said = app.home().weald(&run).await;
    assert_eq!((said.code, said.out.as_str()), (0, "Hello\n"), "{said:?}");
    assert_eq!(app.stop().await, 0);

    let home = app.home();
    let said = home.weald(&run).await;
    assert_eq!((said.code, said.out.as_str()), (0, "Hello\n"), "{said:?}");
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    assert_eq!(list["items"].as_array().expect("a list").len(), 2, "{list}");
    assert!(!home.path().join("home/data/weald.sqlite").exists());
}

#[tokio::test]
async fn a_second_process_on_the_same_database_is_refused() {
    let mut app = TestApp::start_in(Home::on_postgres()).await;
    let url = app.database().url();
    let elsewhere = Home::new();
    for args in [UP.as_slice(), &["--json", "conversation", "list"]] {
        let said = on(&elsewhere, &url, args).await;
        assert_eq!(code(&said), (6, "database_in_use".to_owned()), "{said:?}");
    }
    let said = app.home().weald(&UP).await;
    assert_eq!(code(&said), (6, "data_in_use".to_owned()), "{said:?}");
    assert!(app.client().health().await.is_ok(), "the first one goes on");
    assert_eq!(app.stop().await, 0);
    let said = on(&elsewhere, &url, &["--json", "conversation", "list"]).await;
    assert_eq!(said.code, 0, "it is free: {said:?}");
}

#[tokio::test]
async fn every_reason_not_to_start_has_its_code_and_shows_no_password() {
    let server = Postgres::start_on_network();
    server.run("postgres", "CREATE ROLE ada LOGIN PASSWORD 'hunter2'");
    server.run("postgres", "CREATE DATABASE ada OWNER ada");
    let at = |who: &str, database: &str| server.at(who, "localhost", database);
    let met = [
        ("sqlite:/hunter2".to_owned(), 2, "bad_database_url"),
        (
            "postgres://ada:1/hunter2@db/ada".to_owned(),
            2,
            "bad_database_url",
        ),
        (
            "postgres://ada:hunter2@localhost:1/ada".to_owned(),
            1,
            "database_unreachable",
        ),
        (at("ada:hunter22", "ada"), 4, "database_refused"),
        (at("ada", "ada"), 4, "database_refused"),
        (at("ada:hunter2", "none"), 3, "database_missing"),
        (
            format!("{}?sslmode=verify-full", at("ada:hunter2", "ada")),
            1,
            "database_tls",
        ),
    ];
    let home = Home::new();
    for (url, exit, expected) in met {
        for args in [UP.as_slice(), &["--json", "conversation", "list"]] {
            let said = on(&home, &url, args).await;
            assert_eq!(code(&said), (exit, expected.to_owned()), "{url}: {said:?}");
            let all = format!("{}{}", said.out, said.notes);
            assert!(!all.contains("hunter2"), "{url}: {all}");
        }
    }
    let mut command = home.command(["--json", "conversation", "list"]);
    command.env("WEALD_DATABASE__URL", at("ada", "ada"));
    command.env("PGPASSWORD", "hunter2");
    let said = finish(command.spawn().expect("starts")).await;
    assert_eq!(said.code, 0, "PGPASSWORD is read: {said:?}");
}

#[tokio::test]
async fn no_output_has_the_password_of_the_address() {
    let server = Postgres::start_on_network();
    server.run("postgres", "CREATE ROLE ada LOGIN PASSWORD 'hunter2'");
    server.run("postgres", "CREATE DATABASE ada OWNER ada");
    let url = server.at("ada:hunter2", "localhost", "ada");
    let home = Home::new();
    let run = [
        "-vv",
        "run",
        "--model",
        "builtin/script",
        r#"[{"say":"Hello"}]"#,
    ];
    let shown = [
        on(&home, &url, &run).await,
        on(&home, &url, &["config", "get"]).await,
        on(&home, &url, &["config", "get", "--json"]).await,
        on(&home, &url, &["config", "explain", "database.url"]).await,
        on(&home, &url, &["-vv", "db", "status"]).await,
        on(&home, &url, &["-vv", "doctor"]).await,
    ];
    for said in &shown {
        let all = format!("{}{}", said.out, said.notes);
        assert!(!all.contains("hunter2"), "{all}");
    }
    assert!(shown[3].out.contains("ada:***@localhost"), "{:?}", shown[3]);
    let set = home
        .weald(&["--json", "config", "set", "database.url", &url])
        .await;
    assert_eq!(code(&set), (2, "bad_setting".to_owned()));
    assert!(!set.notes.contains("hunter2"), "{set:?}");
    assert!(!home.config_file().exists());
}

#[tokio::test]
async fn a_running_server_shows_its_address_without_the_password() {
    let server = Postgres::start_on_network();
    server.run("postgres", "CREATE ROLE ada LOGIN PASSWORD 'hunter2'");
    server.run("postgres", "CREATE DATABASE ada OWNER ada");
    let url = server.at("ada:hunter2", "localhost", "ada");
    let app = TestApp::start_with(Home::new(), &[("WEALD_DATABASE__URL", &url)]).await;
    let http = reqwest::Client::new();
    for path in [
        "/api/config/get",
        "/api/config/explain?key=database.url",
        "/api/health",
    ] {
        let request = http.get(format!("{}{path}", app.base()));
        let answer = request
            .bearer_auth(app.token())
            .send()
            .await
            .expect("answers");
        let text = answer.text().await.expect("reads");
        assert!(!text.contains("hunter2"), "{path}: {text}");
        if path == "/api/config/get" {
            assert!(text.contains("ada:***@localhost"), "{text}");
        }
    }
    let log = std::fs::read_to_string(app.home().path().join("up.log")).expect("a log");
    assert!(!log.contains("hunter2"), "{log}");
}

#[tokio::test]
async fn a_newer_database_is_refused_with_both_versions() {
    let mut app = TestApp::start_in(Home::on_postgres()).await;
    assert_eq!(app.stop().await, 0);
    let newer = "INSERT INTO _sqlx_migrations
        SELECT 99, 'later', installed_on, success, checksum, execution_time
        FROM _sqlx_migrations WHERE version = 1";
    app.database().run("postgres", newer);
    let said = app.home().weald(&UP).await;
    assert_eq!(code(&said), (1, "database_newer".to_owned()), "{said:?}");
    let detail: Value = said.problem()["detail"].clone();
    assert!(detail.as_str().expect("text").contains("99"), "{detail}");
}
