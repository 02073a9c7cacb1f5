//! Settings through the command line: who wins, who is named, what is kept.

use std::fs;

use crate::command::{Home, finish};

#[tokio::test]
async fn explain_names_the_winner_and_every_other_layer() {
    let home = Home::new();
    let file = home.config_file();
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, "[server]\nport = 1111\n").expect("writes");
    let args = [
        "config",
        "explain",
        "server.port",
        "--json",
        "-c",
        "server.port=3333",
    ];
    let mut command = home.command(args);
    let said = finish(
        command
            .env("WEALD_SERVER__PORT", "2222")
            .spawn()
            .expect("starts"),
    )
    .await;
    let said = said.json();
    assert_eq!(
        (&said["winner"]["value"], &said["winner"]["source"]),
        (&3333.into(), &"command_line".into())
    );
    let others: Vec<_> = said["others"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|o| o["value"].clone())
        .collect();
    assert_eq!(others, [2222, 1111, 7420]);
    assert_eq!(said["others"][0]["origin"], "WEALD_SERVER__PORT");
    assert_eq!(said["others"][1]["origin"], file.display().to_string());
}

#[tokio::test]
async fn set_keeps_the_comments_of_the_file() {
    let home = Home::new();
    let file = home.config_file();
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, "# mine\n[app]\ntheme = \"light\" # for now\n").expect("writes");
    assert_eq!(
        home.weald(&["config", "set", "app.theme", "dark"])
            .await
            .code,
        0
    );
    assert_eq!(
        home.weald(&["config", "set", "server.port", "8000"])
            .await
            .code,
        0
    );
    let text = fs::read_to_string(&file).expect("reads");
    assert_eq!(
        text,
        "# mine\n[app]\ntheme = \"dark\" # for now\n\n[server]\nport = 8000\n"
    );
    assert_eq!(
        home.weald(&["config", "get", "server.port"]).await.out,
        "8000\n"
    );
    assert_eq!(
        home.weald(&["config", "set", "server.port", "--unset"])
            .await
            .code,
        0
    );
    assert_eq!(
        home.weald(&["config", "get", "server.port"]).await.out,
        "7420\n"
    );
}

#[tokio::test]
async fn a_change_that_a_stronger_layer_hides_is_said() {
    let home = Home::new();
    let mut command = home.command(["config", "set", "server.port", "8000"]);
    let said = finish(
        command
            .env("WEALD_SERVER__PORT", "9000")
            .spawn()
            .expect("starts"),
    )
    .await;
    assert_eq!(said.code, 0);
    assert!(
        said.notes
            .contains("still decided by environment WEALD_SERVER__PORT"),
        "{said:?}"
    );
}

#[tokio::test]
async fn an_unknown_key_warns_with_a_hint_and_stops_nothing() {
    let home = Home::new();
    let file = home.config_file();
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, "[server]\nprot = 1\n").expect("writes");
    let said = home.weald(&["config", "get", "server.port"]).await;
    assert_eq!((said.code, said.out.as_str()), (0, "7420\n"));
    assert!(
        said.notes.contains("did you mean `server.port`?"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_secret_value_is_refused_and_never_repeated() {
    let home = Home::new();
    let said = home
        .weald(&["config", "set", "auth.token", "hunter2"])
        .await;
    assert_eq!(said.code, 2);
    assert!(
        !said.notes.contains("hunter2") && !home.config_file().exists(),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_running_server_takes_a_change_of_the_file() {
    let app = crate::app::TestApp::start().await;
    assert_eq!(
        app.home()
            .weald(&["config", "set", "app.theme", "dark"])
            .await
            .code,
        0
    );
    let said = app
        .client()
        .explain_config("app.theme")
        .await
        .expect("explains");
    assert_eq!(said.winner.value, "dark");
}

#[tokio::test]
async fn the_schema_describes_every_setting() {
    let said = Home::new().weald(&["config", "schema"]).await.json();
    assert_eq!(
        said["properties"]["server"]["properties"]["port"]["default"],
        7420
    );
    let size = &said["properties"]["chat"]["properties"]["message"]["properties"]["font_size"];
    assert_eq!(size["minimum"], 8);
}

#[tokio::test]
async fn with_a_server_its_settings_are_meant() {
    let app = crate::app::TestApp::start().await;
    let elsewhere = Home::new();
    let weald = async |args: &[&str]| {
        let mut command = elsewhere.command(["--server", &app.base()]);
        command.args(args).env("WEALD_TOKEN", app.token());
        finish(command.spawn().expect("starts")).await
    };
    let set = weald(&["config", "set", "app.theme", "dark"]).await;
    assert_eq!(set.code, 0, "{set:?}");
    assert_eq!(weald(&["config", "get", "app.theme"]).await.out, "dark\n");
    let said = weald(&["config", "explain", "app.theme", "--json"])
        .await
        .json();
    assert_eq!(said["winner"]["source"], "user");
    assert_eq!(
        weald(&["config", "set", "app.theme", "purple"]).await.code,
        2
    );
    assert_eq!(weald(&["config", "path"]).await.code, 2);
    assert!(!elsewhere.config_file().exists(), "nothing is written here");
}
