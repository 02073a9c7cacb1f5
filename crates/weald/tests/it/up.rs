//! `weald up` for people: the login link, what it says, and how it stops.

use rustix::process::Signal;
use serde_json::json;
use tokio::process::Child;

use crate::command::{Home, finish, signal, until};

/// Starts it as a person would; what it said.
async fn up(home: &Home) -> (Child, String) {
    let args = ["up", "--no-open", "--addr", "127.0.0.1:0"];
    let mut child = home.command(args).spawn().expect("starts");
    let mut pipe = child.stdout.take().expect("a pipe");
    let mut said = String::new();
    until(&mut pipe, &mut said, "Ctrl+C stops it").await;
    child.stdout = Some(pipe);
    (child, said)
}

/// Base address and code of the login link.
fn link(said: &str) -> (String, String) {
    let link = said
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .expect("a link");
    let (base, code) = link.split_once("/#code=").expect("a code");
    (base.to_owned(), code.to_owned())
}

#[tokio::test]
async fn the_login_link_is_fresh_at_every_start_and_works_once() {
    let home = Home::new();
    let (child, said) = up(&home).await;
    assert!(
        said.contains(&home.path().join("home/data").display().to_string()),
        "{said}"
    );
    assert!(
        said.contains("builtin/planner") && said.contains("weald provider add"),
        "{said}"
    );
    assert!(
        said.contains("  token  "),
        "the first start shows the token: {said}"
    );
    let (base, code) = link(&said);
    let http = reqwest::Client::new();
    let login = async || {
        let request = http
            .post(format!("{base}/api/auth/link"))
            .header("origin", &base)
            .header("weald-client", "1")
            .json(&json!({"code": code}));
        request.send().await.expect("answers").status().as_u16()
    };
    assert_eq!((login().await, login().await), (200, 401));
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).await.code, 0);

    let (child, again) = up(&home).await;
    assert!(
        !again.contains("  token  "),
        "the token is shown once: {again}"
    );
    assert_ne!(link(&again).1, code);
    signal(&child, Signal::INT);
    assert_eq!(finish(child).await.code, 130);
}

#[tokio::test]
async fn nothing_of_ours_is_open_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let (child, _) = up(&home).await;
    let folder = home.path().join("weald");
    let mut looked_at = vec![folder.clone(), home.path().join("home/data")];
    looked_at.extend(
        std::fs::read_dir(&folder)
            .expect("reads")
            .map(|entry| entry.expect("reads").path()),
    );
    assert_eq!(looked_at.len(), 3, "one socket: {looked_at:?}");
    for path in looked_at {
        let mode = path.metadata().expect("exists").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).await.code, 0);
    assert_eq!(
        std::fs::read_dir(&folder).expect("reads").count(),
        0,
        "the socket is gone"
    );
}

#[tokio::test]
async fn the_browser_gets_the_code_through_a_file_of_ours_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let (bin, told) = (home.path().join("bin"), home.path().join("told"));
    std::fs::create_dir(&bin).expect("a folder");
    let opener = bin.join("xdg-open");
    let text = format!(
        "#!/bin/sh\necho \"$@\" > {0}.new; mv {0}.new {0}\n",
        told.display()
    );
    std::fs::write(&opener, text).expect("writes");
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o700)).expect("changes");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = format!("{}:{}", bin.display(), path.to_string_lossy());
    let mut child = home
        .command(["up", "--addr", "127.0.0.1:0"])
        .env("DISPLAY", ":0")
        .env("PATH", path)
        .spawn()
        .expect("starts");
    let (mut pipe, mut said) = (child.stdout.take().expect("a pipe"), String::new());
    until(&mut pipe, &mut said, "Ctrl+C stops it").await;
    while !told.exists() {
        tokio::task::yield_now().await;
    }
    let page = std::fs::read_to_string(&told).expect("reads");
    let page = std::path::Path::new(page.trim());
    let (base, code) = link(&said);
    assert!(!page.display().to_string().contains(&code), "{page:?}");
    let html = std::fs::read_to_string(page).expect("reads");
    assert!(html.contains(&format!("{base}/#code={code}")), "{html}");
    let mode = page.metadata().expect("exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).await.code, 0);
    assert!(!page.exists(), "the page went with its server");
}

#[tokio::test]
async fn a_start_that_fails_does_not_use_the_one_showing_of_the_token_up() {
    let home = Home::new();
    let failed = home
        .command(["up", "--no-open", "--addr", "127.0.0.1:0"])
        .env("XDG_RUNTIME_DIR", home.path().join("long/".repeat(30)))
        .spawn()
        .expect("starts");
    assert_eq!(finish(failed).await.code, 1);
    let (child, said) = up(&home).await;
    assert!(said.contains("  token  "), "{said}");
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).await.code, 0);
}

#[tokio::test]
async fn a_command_does_not_speak_to_a_socket_in_a_folder_of_others() {
    let home = Home::new();
    let (child, _) = up(&home).await;
    let folder = home.path().join("weald");
    let elsewhere = home.path().join("elsewhere");
    std::fs::rename(&folder, &elsewhere).expect("moves");
    std::os::unix::fs::symlink(&elsewhere, &folder).expect("links");
    let said = home.weald(&["model", "list"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.notes.contains("belongs to somebody else") && said.notes.contains("XDG_RUNTIME_DIR"),
        "{said:?}"
    );
    signal(&child, Signal::TERM);
    assert_eq!(finish(child).await.code, 0);
}
