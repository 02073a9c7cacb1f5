//! What runs while the server is killed: streaming sessions with two readers each, and edits whose
//! acknowledgements are remembered.

use std::{collections::BTreeMap, future::Future, time::Duration};

use serde_json::{Value, json};
use weald_domain::id::SessionId;
use weald_testkit::history::{ReaderLog, Stored};

use super::reader::{Connection, Cut, Reader};
use crate::app::TestApp;

/// Readers of each session.
const READERS: usize = 2;

/// Sessions under way.
pub(crate) struct Load {
    sessions: Vec<Running>,
    /// Conversations and the titles whose change was acknowledged.
    renamed: Vec<(String, String)>,
}

struct Running {
    session: SessionId,
    conversation: String,
    readers: Vec<Reader>,
}

impl Load {
    /// Starts sessions that count, each in a conversation of its own. With `resume` they go on
    /// after a crash, else they fail as orphaned.
    pub(crate) async fn start(app: &TestApp, sessions: usize, resume: bool) -> Self {
        let mut load = Self {
            sessions: Vec::new(),
            renamed: Vec::new(),
        };
        for n in 0..sessions {
            let acts = json!([
                {"think": "counting, with ümlauts and 🙂"},
                {"say": "größer "},
                {"count": 150, "delay_ms": 2},
            ]);
            let body = json!({
                "input": [{"type": "text", "text": acts.to_string()}],
                "transport": "stream",
                "project_ids": [],
                "config_override": {
                    "model": {"name": "builtin/script"},
                    "on_crash": if resume { "resume" } else { "fail" },
                },
            });
            let answer = post(app, "/api/conversations/run", &body).await;
            let session: SessionId = answer["session_id"].as_str().unwrap().parse().unwrap();
            let conversation = answer["conversation_id"].as_str().unwrap().to_owned();
            let title = format!("kill {n} {session}");
            let path = format!("/api/conversations/{conversation}/update");
            post(app, &path, &json!({"title": title})).await;
            load.renamed.push((conversation.clone(), title));
            let readers = (0..READERS)
                .map(|r| Reader::new(format!("{session} reader {r}"), session))
                .collect();
            load.sessions.push(Running {
                session,
                conversation,
                readers,
            });
        }
        load
    }

    /// Reads with every reader until `moment`, then does `act` while they still read.
    pub(crate) async fn read_until(
        &mut self,
        app: &TestApp,
        moment: impl Future<Output = ()>,
        act: impl FnOnce(),
    ) {
        let (base, token) = (app.base(), app.token());
        let mut reading: Vec<_> = self
            .sessions
            .iter_mut()
            .flat_map(|running| running.readers.iter_mut())
            .map(|reader| Box::pin(reader.read(&base, &token, Cut::Never)))
            .collect();
        let all = futures::future::join_all(reading.iter_mut());
        tokio::pin!(all);
        tokio::select! {
            () = moment => act(),
            _ = &mut all => return act(),
        }
        // The sockets break now; readers keep what they had.
        let _ = tokio::time::timeout(Duration::from_secs(5), all).await;
    }

    /// Every reader resumes until its stream is finished.
    pub(crate) async fn read_to_the_end(&mut self, app: &TestApp) {
        let (base, token) = (app.base(), app.token());
        let readers = self
            .sessions
            .iter_mut()
            .flat_map(|running| running.readers.iter_mut());
        let reading = readers.map(|reader| async {
            for _ in 0..200 {
                if reader.read(&base, &token, Cut::Never).await == Connection::Finished {
                    return;
                }
            }
            panic!("{} never saw the end", reader.log.reader);
        });
        futures::future::join_all(reading).await;
    }

    /// What was seen and what is stored of each session.
    pub(crate) async fn settled(&self, app: &TestApp) -> Vec<(SessionId, Vec<ReaderLog>, Stored)> {
        let mut all = Vec::new();
        for running in &self.sessions {
            let stored = stored(app, running.session, &running.conversation).await;
            let logs = running
                .readers
                .iter()
                .map(|reader| reader.log.clone())
                .collect();
            all.push((running.session, logs, stored));
        }
        all
    }

    /// Nothing that was acknowledged is lost: sessions, their input, edits.
    pub(crate) async fn assert_acknowledged(&self, app: &TestApp) {
        for (conversation, title) in &self.renamed {
            let path = format!("/api/conversations/{conversation}/get");
            assert_eq!(
                get(app, &path).await["title"],
                json!(title),
                "an acknowledged edit is lost"
            );
        }
        for running in &self.sessions {
            let path = format!("/api/conversations/{}/messages", running.conversation);
            let items = get(app, &path).await;
            let first = &items["items"][0]["message"];
            assert_eq!(
                first["role"], "user",
                "the acknowledged input is lost: {items}"
            );
        }
    }
}

/// The stored text of a session, and whether it ended.
pub(crate) async fn stored(app: &TestApp, session: SessionId, conversation: &str) -> Stored {
    let messages = get(app, &format!("/api/conversations/{conversation}/messages")).await;
    let mut texts = BTreeMap::new();
    for item in messages["items"].as_array().unwrap() {
        let message = &item["message"];
        for (n, part) in message["parts"].as_array().unwrap().iter().enumerate() {
            if let Some(text) = part["text"].as_str() {
                let id = message["id"].as_str().unwrap().parse().unwrap();
                texts.insert((id, u32::try_from(n).unwrap()), text.to_owned());
            }
        }
    }
    let status = get(app, &format!("/api/sessions/{session}/get")).await["status"].clone();
    Stored {
        texts,
        ended: status != "created",
    }
}

pub(crate) async fn post(app: &TestApp, path: &str, body: &Value) -> Value {
    let http = reqwest::Client::new();
    let request = http
        .post(format!("{}{path}", app.base()))
        .bearer_auth(app.token())
        .json(body);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{path} answered {status}: {body}");
    body
}

pub(crate) async fn get(app: &TestApp, path: &str) -> Value {
    let http = reqwest::Client::new();
    let request = http
        .get(format!("{}{path}", app.base()))
        .bearer_auth(app.token());
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{path} answered {status}: {body}");
    body
}
