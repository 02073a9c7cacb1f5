//! Arguments, exit codes, help, colour and completion.

use insta::assert_snapshot;

use crate::command::Home;

#[tokio::test]
async fn the_exit_codes_are_documented_as_they_are() {
    let said = Home::new().weald(&["help", "exit-codes"]).await;
    assert_eq!(said.code, 0);
    assert_snapshot!(said.out, @r"
       0  ok
       1  failed
       2  usage or validation
       3  not found
       4  authentication
       5  permission denied by policy or user
       6  conflict
       7  budget or quota
       8  needs input while --no-input or without a terminal
       9  time-out
      10  provider or network
      75  try again (rate limit)
     130  interrupted
    ");
}

#[tokio::test]
async fn each_way_to_fail_has_its_code() {
    let home = Home::new();
    let nobody = "01980000-0000-7000-8000-000000000001";
    let script = |acts: &str| {
        vec![
            "run".to_owned(),
            "--model".into(),
            "builtin/script".into(),
            acts.into(),
        ]
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let table = [
        (0, words("version")),
        (2, words("no-such-command")),
        (2, words("run --no-such-flag x")),
        (2, words("run --conversation not-an-id x")),
        (2, words("run --model no-slash x")),
        (2, words("--timeout never version")),
        (2, words("-C /no/such/folder version")),
        (2, words("-c server.port=many config get")),
        (2, words("config set server.port many")),
        (2, words("up --addr 0.0.0.0:0")),
        (2, script("")),
        (2, script("not a script")),
        (3, words(&format!("conversation show {nobody}"))),
        (3, words(&format!("run --conversation {nobody} x"))),
        (3, words(&format!("approval answer {nobody} --deny"))),
        (3, words("config get no.such")),
        (3, words("provider test no-such")),
        (3, words("project remove no-such")),
        (3, words("worker run no-such")),
        (8, words("provider add openai")),
        (9, {
            let mut held = script(r#"[{"hold":true}]"#);
            held.extend(words("--timeout 1"));
            held
        }),
        (10, script(r#"[{"fail":"it broke"}]"#)),
        (10, words("--server http://127.0.0.1:9 conversation list")),
    ];
    for (code, args) in table {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let said = home.weald(&args).await;
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        if code != 0 {
            assert!(!said.notes.is_empty(), "{args:?} failed silently");
            assert_eq!(said.out, "", "{args:?} wrote a result although it failed");
        }
    }
}

#[tokio::test]
async fn a_refused_token_is_an_authentication_failure() {
    let app = crate::app::TestApp::start().await;
    let args = ["--server", &app.base(), "--json", "conversation", "list"];
    let said = app.home().weald(&args).await;
    assert_eq!(
        (said.code, said.problem()["code"].as_str()),
        (4, Some("unauthenticated"))
    );
    let mut command = app.home().command(args);
    let said = crate::command::finish(
        command
            .env("WEALD_TOKEN", app.token())
            .spawn()
            .expect("starts"),
    );
    let said = said.await;
    assert_eq!((said.code, said.json()["next"].is_null()), (0, true));
}

#[tokio::test]
async fn with_json_every_error_is_a_problem_document() {
    let home = Home::new();
    for args in [
        ["--json", "config", "get", "no.such"].as_slice(),
        &["--json", "no-such-command"],
        &[
            "conversation",
            "show",
            "01980000-0000-7000-8000-000000000001",
            "--json",
        ],
    ] {
        let said = home.weald(args).await;
        let problem = said.problem();
        assert_eq!(problem["exit_code"], said.code, "{args:?}");
        for member in ["type", "title", "status", "detail", "code"] {
            assert!(
                !problem[member].is_null(),
                "{args:?} lacks {member}: {problem}"
            );
        }
    }
}

#[tokio::test]
async fn colour_is_written_only_when_it_is_wanted() {
    let home = Home::new();
    let escapes = async |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = home.command(args);
        command.envs(variables.iter().copied());
        let said = crate::command::finish(command.spawn().expect("starts")).await;
        said.out.contains('\u{1b}')
    };
    let explain = ["config", "explain", "server.port"];
    let always = ["config", "explain", "server.port", "--color", "always"];
    let never = ["config", "explain", "server.port", "--no-color"];
    assert!(!escapes(&explain, &[]).await);
    assert!(escapes(&explain, &[("CLICOLOR_FORCE", "1")]).await);
    assert!(!escapes(&explain, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).await);
    assert!(escapes(&always, &[("NO_COLOR", "1")]).await);
    assert!(!escapes(&never, &[("CLICOLOR_FORCE", "1")]).await);
}

#[tokio::test]
async fn completion_knows_the_commands() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = home.weald(&["completion", shell]).await;
        assert_eq!(said.code, 0, "{shell}");
        assert!(
            said.out.contains("conversation") && said.out.contains("doctor"),
            "{shell}"
        );
    }
    assert_eq!(home.weald(&["completion", "cmd"]).await.code, 2);
}

#[tokio::test]
async fn doctor_checks_everything_without_a_server() {
    let home = Home::new();
    let said = home
        .weald(&["doctor", "--json", "-c", "server.port=0"])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let checks = said.json();
    let names: Vec<_> = checks
        .as_array()
        .expect("a list")
        .iter()
        .map(|check| check["name"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "settings",
            "data",
            "config",
            "disk",
            "clock",
            "git",
            "secrets",
            "port",
            "integrity",
            "database",
            "provider"
        ]
    );
    let data = home.path().join("home/data");
    std::fs::write(data.join("weald.sqlite"), "not a database ".repeat(1000)).expect("writes");
    for log in ["weald.sqlite-wal", "weald.sqlite-shm"] {
        drop(std::fs::remove_file(data.join(log)));
    }
    let said = home.weald(&["doctor"]).await;
    assert_eq!(said.code, 1);
    for check in ["✗ integrity", "✗ database"] {
        assert!(said.out.contains(check), "{said:?}");
    }
}

#[tokio::test]
async fn the_document_of_the_api_ends_in_one_line_feed() {
    let said = Home::new().weald(&["openapi"]).await;
    assert_eq!(said.json()["openapi"], "3.1.0");
    assert!(said.out.ends_with("}\n"));
}
