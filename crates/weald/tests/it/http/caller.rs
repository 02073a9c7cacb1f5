//! Plain HTTP against a test app: what is sent is exactly what is written here.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::app::TestApp;

/// A caller with the root token.
pub(super) struct Caller {
    pub(super) http: Client,
    pub(super) base: String,
    pub(super) token: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) media_type: String,
    pub(super) body: Value,
}

impl Answer {
    /// Reads a response; a body that is not JSON is null.
    pub(super) async fn read(response: Response) -> Self {
        let media_type = response.headers().get("content-type");
        let media_type = media_type
            .map_or("", |value| value.to_str().unwrap())
            .to_owned();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        Self {
            status,
            media_type,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    /// The code of a problem; everything that every problem has is checked on the way.
    #[track_caller]
    pub(super) fn problem(&self) -> (u16, &str) {
        assert_eq!(self.media_type, "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        for member in ["type", "title", "detail", "code", "trace_id"] {
            assert!(
                !self.body[member].as_str().unwrap_or("").is_empty(),
                "{member} of {self:?}"
            );
        }
        (self.status, self.body["code"].as_str().unwrap())
    }

    /// The body of a success.
    #[track_caller]
    pub(super) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }
}

impl Caller {
    pub(super) fn of(app: &TestApp) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        Self {
            http,
            base: app.base(),
            token: app.token(),
        }
    }

    /// A request with the token.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    /// A request without a credential.
    pub(super) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let base = self.base.trim_end_matches('/');
        self.http.request(method, format!("{base}{path}"))
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::read(
            self.request(Method::POST, path)
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// A POST of these very bytes.
    pub(super) async fn post_bytes(&self, path: &str, bytes: impl Into<Vec<u8>>) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/json");
        Answer::read(request.body(bytes.into()).send().await.unwrap()).await
    }

    /// Starts a script and tells its conversation and session.
    pub(super) async fn start(&self, acts: Value) -> (String, String) {
        let started = self.post("/api/conversations/run", script(acts)).await.ok();
        let text = |member: &str| started[member].as_str().unwrap().to_owned();
        (text("conversation_id"), text("session_id"))
    }

    /// Runs a script to its end and tells its conversation and session.
    pub(super) async fn complete(&self, acts: Value) -> (String, String) {
        let (conversation, session) = self.start(acts).await;
        let path = format!("/api/sessions/{session}/events");
        let stream = self.request(Method::GET, &path).send().await.unwrap();
        stream.text().await.unwrap();
        (conversation, session)
    }
}

/// The body of a run that plays a script and is read apart.
pub(super) fn script(acts: Value) -> Value {
    json!({
        "input": [{"type": "text", "text": acts.to_string()}],
        "transport": "stream",
        "config_override": {"model": {"name": "builtin/script"}},
    })
}
