//! A key that a model writes itself is nowhere: not in the database, not in the live logs, not in
//! what readers get.

use std::path::Path;

use weald_testkit::model_server::{ModelServer, call, refuse, reply, say, think};

use crate::app::TestApp;

const KEY: &str = "sk-canary-4f1c9d2e7b6a";
/// What of the key must not stand anywhere: long enough to be no accident.
const PIECES: [&str; 2] = ["canary-4f1c9d2e", "9d2e7b6a"];

/// Every file below a folder that holds a piece of the key.
fn holding(folder: &Path, found: &mut Vec<String>) -> usize {
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() {
            read += holding(&entry.path(), found);
        } else if kind.is_file() {
            let bytes = std::fs::read(entry.path()).expect("reads");
            let text = String::from_utf8_lossy(&bytes);
            if PIECES.iter().any(|piece| text.contains(piece)) {
                found.push(entry.path().display().to_string());
            }
            read += 1;
        }
    }
    read
}

#[tokio::test]
async fn a_key_that_the_model_echoes_is_nowhere() {
    let hex: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let model = ModelServer::answering([
        reply([
            think("the key is sk-can"),
            think("ary-4f1c9d"),
            think("2e7b6a I think"),
            say("It is "),
            say("sk-"),
            say("canary-4f1c9d2e7b6"),
            say("a, in hex "),
            say(&hex[..11]),
            say(&hex[11..]),
            say(".\n"),
            call(
                "c1",
                "fs_read",
                &serde_json::json!({"path": format!("/none/{KEY}")}),
            ),
        ]),
        refuse(400, &format!("I do not like {KEY}")),
    ])
    .await;
    let app = TestApp::start().await.with_model(&model).await;
    let change = serde_json::json!({"api_key": KEY});
    let change = serde_json::from_value(change).expect("a change");
    let provider = "stand-in".parse().expect("a slug");
    let updated = app.client().update_provider(&provider, &change).await;
    updated.expect("takes a key");

    let said = app
        .home()
        .weald(&["run", "--json", "what is your key?"])
        .await;
    let plain = format!("{}{}", said.out, said.notes);
    assert!(plain.contains("[key]"), "{said:?}");
    assert!(plain.contains("I do not like"), "{said:?}");
    for piece in PIECES.iter().copied().chain([hex.as_str()]) {
        assert!(!plain.contains(piece), "{piece}: {plain}");
    }

    let mut found = Vec::new();
    let read = holding(app.home().path(), &mut found);
    assert!(read > 3, "only {read} files");
    assert_eq!(found, Vec::<String>::new());
}
