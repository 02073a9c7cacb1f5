//! `weald run` against a provider over the real wire, and the exit code of each way it fails.

use weald_testkit::model_server::{Answer, ModelServer, refuse, reply, say, think};

use crate::{app::TestApp, command::Said};

/// A run against a provider that answers like this.
async fn run(answers: Vec<Answer>) -> (Said, ModelServer) {
    let model = ModelServer::answering(answers).await;
    let app = TestApp::start().await.with_model(&model).await;
    (app.home().weald(&["run", "hi"]).await, model)
}

#[tokio::test]
async fn the_answer_of_a_real_model_streams_to_the_output() {
    let (said, model) = run(vec![reply([think("hm"), say("Hello "), say("you")])]).await;
    assert_eq!(
        (said.code, said.out.as_str(), said.notes.as_str()),
        (0, "Hello you\n", "hm\n")
    );
    assert_eq!(model.requests().len(), 1);
    model.assert_protocol_held();
}

#[tokio::test]
async fn a_refusal_of_the_provider_has_its_code_and_its_reason() {
    for (status, code) in [(400, 2), (401, 10), (402, 7), (404, 3)] {
        let (said, _) = run(vec![refuse(status, "because")]).await;
        assert_eq!(said.code, code, "{status}: {said:?}");
        assert!(said.notes.contains("error:"), "{said:?}");
    }
}

#[tokio::test]
async fn a_provider_is_added_tested_and_listed_on_the_command_line() {
    let model = ModelServer::answering([]).await;
    let app = TestApp::start().await;
    let home = app.home();
    let url = model.base_url();
    let args = [
        "provider",
        "add",
        "openai-compatible",
        "--id",
        "mine",
        "--base-url",
        &url,
        "--no-key",
    ];
    let added = home.weald(&args).await;
    assert_eq!(added.code, 0, "{added:?}");
    assert!(added.out.starts_with("mine\n"), "{added:?}");
    let again = home.weald(&args).await;
    assert_eq!(again.code, 6, "{again:?}");
    assert_eq!(home.weald(&["provider", "test", "mine"]).await.code, 0);
    let list = home.weald(&["provider", "list", "--json"]).await.json();
    let ids: Vec<_> = list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| p["id"].clone())
        .collect();
    assert!(ids.contains(&"mine".into()), "{list}");
    let models = home
        .weald(&["model", "list", "--provider", "mine", "--json"])
        .await
        .json();
    assert!(
        !models["items"].as_array().expect("a list").is_empty(),
        "{models}"
    );
    model.stop();
    let gone = home.weald(&["provider", "test", "mine", "--json"]).await;
    assert_eq!(gone.code, 10, "{gone:?}");
    assert!(gone.problem()["hint"].is_string(), "{gone:?}");
}
