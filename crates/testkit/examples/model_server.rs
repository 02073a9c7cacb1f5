//! The scripted model server as a program, for the interop lane: a client of another house talks
//! to it, so that the server that tests our client is itself tested.
//!
//! Prints `{"url":…,"key":…}`, plays the acts of `builtin/script` in the last user message until its
//! input ends, then prints `{"requests":n,"violations":[…]}` and ends with 1 if there are any.

use std::{
    io::{Read as _, Write as _},
    process::ExitCode,
};

use serde_json::{Value, json};
use weald_testkit::model_server::{Mode, ModelServer, Rules};

const KEY: &str = "sk-stand-in";

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<ExitCode> {
    let rules = Rules {
        key: Some(KEY.to_owned()),
        models: vec!["stand-in".to_owned(), "stand-in-mini".to_owned()],
    };
    let server = ModelServer::start(Mode::PlayInput, rules).await;
    line(&json!({ "url": server.base_url(), "key": KEY }))?;
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    ended.await.map_err(std::io::Error::other)??;
    let violations = server.violations();
    let held = violations.is_empty();
    line(&json!({ "requests": server.requests().len(), "violations": violations }))?;
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn line(value: &Value) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{value}")
}
