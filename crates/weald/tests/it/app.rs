//! A running Weald for a test: the real binary as a child process on a home of its own.

use std::{
    process::Stdio,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::timeout,
};
use weald_api::{
    Client, Endpoint,
    domain::model::ModelRef,
    preset::{WorkspacePageQuery, WorkspaceQuery},
};
use weald_testkit::{model_server::ModelServer, postgres::Postgres};

use crate::command::{Home, PATIENCE, code_of, signal};

/// The line that a server prints when it serves.
#[derive(Debug, Deserialize)]
struct Ready {
    r#type: String,
    url: String,
    token: Option<String>,
}

/// A server with its home. The process ends with it.
pub(crate) struct TestApp {
    home: Home,
    child: Mutex<Option<Child>>,
    url: String,
    token: String,
}

impl TestApp {
    /// Starts a server on an empty data folder and a free port.
    pub(crate) async fn start() -> Self {
        Self::start_in(Home::new()).await
    }

    /// Starts a server on a home that nobody has started one on.
    pub(crate) async fn start_in(home: Home) -> Self {
        Self::start_with(home, &[]).await
    }

    /// The same, with variables in its environment.
    pub(crate) async fn start_with(home: Home, variables: &[(&str, &str)]) -> Self {
        let (child, ready) = up(&home, "127.0.0.1:0", variables).await;
        Self {
            home,
            child: Mutex::new(Some(child)),
            url: ready.url,
            token: ready.token.expect("the first start shows the token"),
        }
    }

    /// Connects a stand-in provider, and makes its model the one that answers.
    pub(crate) async fn with_model(self, model: &ModelServer) -> Self {
        let client = self.client();
        let request = serde_json::from_value(serde_json::json!({
            "id": "stand-in", "kind": "openai_compatible", "display_name": "Stand-in",
            "base_url": model.base_url(), "models": ["stand-in"],
        }));
        let provider = client
            .create_provider(&request.expect("a request"))
            .await
            .expect("connects");
        let presets = client
            .presets(&WorkspacePageQuery::default())
            .await
            .expect("lists")
            .items;
        let mut preset = presets
            .into_iter()
            .find(|preset| preset.is_default)
            .expect("a default");
        preset.model.name = ModelRef {
            provider: provider.id,
            model: "stand-in".into(),
        };
        let change = serde_json::json!({"model": preset.model});
        let change = serde_json::from_value(change).expect("a change");
        let changed = client
            .update_preset(WorkspaceQuery::default(), &preset.id, &change)
            .await;
        changed.expect("changes the preset");
        self
    }

    /// Base address.
    pub(crate) fn base(&self) -> String {
        self.url.clone()
    }

    /// The root token.
    pub(crate) fn token(&self) -> String {
        self.token.clone()
    }

    /// Its home.
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// The server of its database.
    pub(crate) fn database(&mut self) -> &mut Postgres {
        self.home.database()
    }

    /// The typed client, over TCP with the root token.
    pub(crate) fn client(&self) -> Client {
        let url = self.url.parse().expect("an address");
        let token = Some(self.token.clone());
        Client::connect(Endpoint::Tcp { url, token }).expect("a client")
    }

    /// Kills the process as nothing can prevent.
    pub(crate) fn kill9(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(child) = child.as_ref() {
            signal(child, rustix::process::Signal::KILL);
        }
    }

    /// Asks the process to stop and waits for it; its exit code.
    pub(crate) async fn stop(&mut self) -> i32 {
        let mut child = self.take_child().expect("it runs");
        signal(&child, rustix::process::Signal::TERM);
        code_of(
            timeout(PATIENCE, child.wait())
                .await
                .expect("stops")
                .expect("waits"),
        )
    }

    /// Starts the server again on the same data and the same port, once the old process is gone.
    pub(crate) async fn restart(&mut self) {
        self.restart_with(&[]).await;
    }

    /// The same, with variables in its environment.
    pub(crate) async fn restart_with(&mut self, variables: &[(&str, &str)]) {
        if let Some(mut child) = self.take_child() {
            timeout(PATIENCE, child.wait())
                .await
                .expect("ends")
                .expect("waits");
        }
        let address = self.url.trim_start_matches("http://").to_owned();
        let (child, ready) = up(&self.home, &address, variables).await;
        assert_eq!(ready.token, None, "only the first start shows the token");
        self.url = ready.url;
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    }

    /// Whether the process ends by itself within a while.
    pub(crate) async fn ends_within(&self, patience: std::time::Duration) -> bool {
        let Some(mut child) = self.take_child() else {
            return true;
        };
        let ended = timeout(patience, child.wait()).await.is_ok();
        if !ended {
            *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        }
        ended
    }

    fn take_child(&self) -> Option<Child> {
        self.child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Starts `weald up` and waits until it serves.
async fn up(home: &Home, address: &str, variables: &[(&str, &str)]) -> (Child, Ready) {
    let log = home.path().join("up.log");
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .expect("a log");
    let mut child = home
        .command(["up", "--json", "--no-open", "--addr", address])
        .stderr(Stdio::from(log))
        .envs(variables.iter().copied())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let line = timeout(PATIENCE, lines.next_line())
        .await
        .expect("it never served")
        .expect("reads");
    let Some(line) = line else {
        let said = std::fs::read_to_string(home.path().join("up.log")).unwrap_or_default();
        panic!("it ended before it served: {said}");
    };
    let ready: Ready = serde_json::from_str(&line).expect("a ready line");
    assert_eq!(ready.r#type, "ready");
    (child, ready)
}
