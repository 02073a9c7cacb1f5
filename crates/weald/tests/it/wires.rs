//! One conversation, five turns, four wires: each provider hears what the others said and did, and
//! nothing of what is meant for another alone.

use serde_json::{Value, json};
use weald_testkit::{
    model_server::{Answer, ModelServer, call, reply, say, think},
    repository::Repository,
};

use crate::{
    app::TestApp,
    approvals::{pending, settled},
};

/// A provider of a kind, with the server behind it.
struct Place {
    kind: &'static str,
    model: &'static str,
    server: ModelServer,
}

impl Place {
    async fn new(kind: &'static str, model: &'static str, more: Vec<Answer>) -> Self {
        let look = reply([
            think(&format!("{kind} ponders.")),
            say(&format!("{kind} looks.")),
            call("call_1", "fs_read", &json!({"path": "notes.txt"})),
        ]);
        let answers = [look, reply([say(&format!("{kind} knows."))])];
        let server = ModelServer::answering(answers.into_iter().chain(more)).await;
        Self {
            kind,
            model,
            server,
        }
    }

    async fn connect(&self, app: &TestApp) {
        let url = self.server.root_url();
        let args = [
            "provider",
            "add",
            self.kind,
            "--id",
            self.kind,
            "--base-url",
            &url,
            "--model",
            self.model,
            "--no-key",
        ];
        let added = app.home().weald(&args).await;
        assert_eq!(added.code, 0, "{added:?}");
    }

    /// The bodies it was sent, as texts.
    fn heard(&self) -> Vec<String> {
        let requests = self.server.requests();
        requests.iter().map(Value::to_string).collect()
    }
}

/// One turn in a conversation, its call allowed by hand; the conversation as it is then.
async fn turn(app: &TestApp, place: &Place, conversation: Option<&str>, root: &str) -> Value {
    let model = format!("{}/{}", place.kind, place.model);
    let text = format!("what says {}?", place.kind);
    let mut args = vec!["run", "--yes", "-C", root, "--model", &model, &text];
    args.extend(
        conversation
            .into_iter()
            .flat_map(|id| ["--conversation", id]),
    );
    let said = app.home().weald(&args).await;
    if said.code == 8 {
        let id = pending(app.home()).await;
        let args = ["approval", "answer", &id, "--allow"];
        let allowed = app.home().weald(&args).await;
        assert_eq!(allowed.code, 0, "{allowed:?}");
    } else {
        assert_eq!(said.code, 0, "{said:?}");
    }
    let export = settled(app).await;
    serde_json::from_str(&export).unwrap_or_else(|_| panic!("no JSON: {export}"))
}

#[tokio::test]
async fn a_conversation_goes_from_wire_to_wire() {
    let repository = Repository::empty();
    repository.write("notes.txt", "the answer is 42\n");
    let root = repository.root().display().to_string();
    let again = vec![reply([say("anthropic is back.")])];
    let places = [
        Place::new("anthropic", "claude-stand-in", again).await,
        Place::new("openai-responses", "o3-stand-in", vec![]).await,
        Place::new("gemini", "gemini-3-stand-in", vec![]).await,
        Place::new("ollama", "stand-in", vec![]).await,
    ];
    let app = TestApp::start().await;
    let mut conversation: Option<String> = None;
    for place in &places {
        place.connect(&app).await;
        let export = turn(&app, place, conversation.as_deref(), &root).await;
        let text = export.to_string();
        assert!(text.contains(&format!("{} knows.", place.kind)), "{text}");
        let list = app.home().weald(&["conversation", "list", "--json"]).await;
        let id = &list.json()["items"][0]["id"];
        conversation = Some(id.as_str().expect("an id").to_owned());
    }
    turn(&app, &places[0], conversation.as_deref(), &root).await;

    for (place, at) in places.iter().zip(0..) {
        place.server.assert_protocol_held();
        let heard = place.heard();
        let last = heard.last().expect("requests");
        for before in &places[..at] {
            for said in ["what says", "looks.", "knows."] {
                assert!(last.contains(said), "{}: {last}", place.kind);
            }
            assert!(last.contains(&format!("{} looks.", before.kind)), "{last}");
            assert!(
                !last.contains(&format!("{} ponders.", before.kind)),
                "{last}"
            );
        }
        let results = last.matches("the answer is 42").count();
        let turns = if at == 0 { places.len() } else { at + 1 };
        assert!(
            results >= turns,
            "{}: {results} of {turns} in {last}",
            place.kind
        );
        // What is meant for it alone came back within its turn, and later too.
        let has_signatures = place.kind != "ollama";
        assert_eq!(
            heard[1].contains("\"sig-"),
            has_signatures,
            "{}",
            place.kind
        );
    }
    let heard = places[0].heard();
    assert_eq!(heard.len(), 3);
    assert!(heard[2].contains("anthropic ponders."), "{}", heard[2]);
    assert!(heard[2].contains("gemini knows."), "{}", heard[2]);
}
