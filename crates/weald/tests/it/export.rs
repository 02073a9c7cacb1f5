//! `weald conversation export`: as it was said into a pipe, harmless on a terminal.

use std::time::Duration;

use expectrl::{Expect, Session};
use serde_json::json;

use crate::command::Home;

#[tokio::test]
async fn an_export_steers_no_terminal_and_a_pipe_gets_every_character() {
    let home = Home::new();
    let evil = "a\u{1b}]0;pwned\u{7}b\u{9b}2Jc";
    let acts = json!([{"say": evil}]).to_string();
    let ran = home
        .weald(&["run", "--model", "builtin/script", &acts])
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    let piped = home.weald(&["conversation", "export", &id]).await;
    assert!(piped.out.contains(evil), "{piped:?}");

    let shown = tokio::task::spawn_blocking(move || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_weald"));
        command
            .args(["conversation", "export", &id])
            .env_clear()
            .env("WEALD_HOME", home.path().join("home"))
            .env("XDG_RUNTIME_DIR", home.path())
            .env("TERM", "xterm");
        let mut terminal = Session::spawn(command).expect("a terminal");
        terminal.set_expect_timeout(Some(Duration::from_secs(60)));
        let all = terminal.expect(expectrl::Eof).expect("ends");
        String::from_utf8_lossy(all.as_bytes()).into_owned()
    })
    .await
    .expect("joins");
    assert!(shown.contains("a\u{241b}]0;pwnedb2Jc"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{shown:?}");
}
