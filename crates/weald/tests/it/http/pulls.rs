//! Downloads of models, from the command line and by the bare route.

use reqwest::Method;
use serde_json::{Value, json};
use weald_testkit::model_server::{Mode, ModelServer, PullEnd, Rules};

use super::caller::{Answer, Caller};
use crate::{app::TestApp, command::until};

const PULL: &str = "/api/providers/ollama/models/pull";

/// A server with an Ollama that has these models to give.
async fn with_ollama(library: &[(&str, PullEnd)]) -> (TestApp, Caller, ModelServer) {
    let ollama = ModelServer::start(Mode::Echo, Rules::default()).await;
    for (model, end) in library {
        ollama.let_pull(model, *end);
    }
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let create = json!({
        "kind": "ollama", "display_name": "Ollama", "base_url": ollama.root_url(),
    });
    caller.post("/api/providers/create", create).await.ok();
    (app, caller, ollama)
}

/// The data of every frame of a download, which must be named after its event.
async fn told(caller: &Caller, model: &str) -> Vec<Value> {
    let request = caller.request(Method::POST, PULL);
    let response = request.json(&json!({"model": model})).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    let frame = |frame: &str| {
        let (event, data) = frame.split_once('\n').expect("two lines");
        let data: Value = serde_json::from_str(&data["data: ".len()..]).expect("JSON");
        assert_eq!(event, format!("event: {}", data["type"].as_str().unwrap()));
        data
    };
    text.split_terminator("\n\n").map(frame).collect()
}

#[tokio::test]
async fn a_download_tells_its_progress_and_its_model_is_offered() {
    let (_app, caller, _ollama) = with_ollama(&[("small", PullEnd::Success)]).await;
    let told = told(&caller, " small ").await;
    assert_eq!(
        told.first().unwrap(),
        &json!({"type": "progress", "status": "pulling manifest"})
    );
    assert_eq!(
        told[3],
        json!({
            "type": "progress", "status": "pulling 6a0746a1ec1a",
            "completed": 2_330_605_904_u64, "total": 4_661_211_808_u64,
        })
    );
    assert_eq!(
        told.last().unwrap(),
        &json!({"type": "done", "added": ["stand-in", "small:latest"]})
    );
    let models = caller.get("/api/models/list?provider_id=ollama").await.ok();
    let names = models["items"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|model| &model["provider_model_id"]).collect();
    assert_eq!(names, ["small:latest", "stand-in"]);
}

#[tokio::test]
async fn a_download_that_fails_ends_with_its_code() {
    let library = [("big", PullEnd::DiskFull), ("gone", PullEnd::Gone)];
    let (_app, caller, _ollama) = with_ollama(&library).await;
    for (model, code, retryable) in [
        ("nowhere", "model_not_found", false),
        ("big", "provider_disk_full", false),
        ("gone", "cut_stream", true),
    ] {
        let told = told(&caller, model).await;
        let last = told.last().unwrap();
        assert_eq!(
            (&last["type"], &last["code"], &last["retryable"]),
            (&json!("failed"), &json!(code), &json!(retryable))
        );
    }
    let models = caller.get("/api/models/list?provider_id=ollama").await.ok();
    assert_eq!(models["items"], json!([]));
}

#[tokio::test]
async fn who_hangs_up_stops_the_download() {
    let (_app, caller, ollama) = with_ollama(&[("held", PullEnd::Held)]).await;
    let request = caller.request(Method::POST, PULL);
    let request = request.json(&json!({"model": "held"}));
    let mut response = request.send().await.unwrap();
    response.chunk().await.unwrap().expect("it has begun");
    ollama.until_open(1).await;
    drop(response);
    ollama.until_open(0).await;
}

#[tokio::test]
async fn only_a_provider_with_a_machine_of_its_own_downloads() {
    let (_app, caller, ollama) = with_ollama(&[]).await;
    let create = json!({
        "kind": "openai_compatible", "display_name": "Other", "base_url": ollama.base_url(),
    });
    caller.post("/api/providers/create", create).await.ok();
    let pull = async |provider: &str, model: &str| -> Answer {
        let path = format!("/api/providers/{provider}/models/pull");
        caller.post(&path, json!({"model": model})).await
    };
    for provider in ["other", "builtin"] {
        let refused = pull(provider, "small").await;
        assert_eq!(refused.problem(), (422, "not_available"));
    }
    assert_eq!(pull("nobody", "small").await.problem(), (404, "not_found"));
    for bad in ["", " ", "a\u{202e}b", &"x".repeat(257)] {
        assert_eq!(pull("ollama", bad).await.problem(), (400, "bad_model"));
    }
    let odd = pull("ollama", "two words").await;
    assert_eq!(odd.problem(), (424, "provider_failed"));
    ollama.stop();
    let gone = pull("ollama", "small").await;
    assert_eq!(gone.problem(), (424, "provider_failed"));
    // A connection that was kept open breaks; a new one is refused.
    let reason = gone.body["reason"].as_str().unwrap();
    assert!(["unreachable", "connection_broke"].contains(&reason));
}

#[tokio::test]
async fn the_command_line_downloads() {
    let library = [
        ("small", PullEnd::Success),
        ("big", PullEnd::DiskFull),
        ("held", PullEnd::Held),
    ];
    let (app, _caller, ollama) = with_ollama(&library).await;
    let said = app.home().weald(&["model", "pull", "ollama/small"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(
        said.out,
        "✓ ollama/small is there\n  ollama/stand-in\n  ollama/small:latest\n"
    );
    assert_eq!(said.notes.lines().next(), Some("pulling manifest"));
    assert_eq!(said.notes.lines().last(), Some("success"));

    let said = app
        .home()
        .weald(&["model", "pull", "ollama/big", "--json"])
        .await;
    assert_eq!(
        (said.code, &said.problem()["code"]),
        (10, &json!("provider_disk_full"))
    );
    let lines = said.json_lines();
    assert_eq!(
        lines[0],
        json!({"type": "progress", "status": "pulling manifest"})
    );
    assert_eq!(lines.last().unwrap()["type"], "failed");

    let said = app.home().weald(&["model", "pull", "ollama/nowhere"]).await;
    assert_eq!(said.code, 3, "{said:?}");

    let mut held = app
        .home()
        .command(["model", "pull", "ollama/held"])
        .spawn()
        .unwrap();
    let mut notes = held.stderr.take().unwrap();
    until(&mut notes, &mut String::new(), "pulling 6a0746a1ec1a").await;
    crate::command::signal(&held, rustix::process::Signal::INT);
    held.wait().await.unwrap();
    ollama.until_open(0).await;
}
