//! The typed client: over TCP with a token, or over the runtime socket without one.
//!
//! Streams resume by themselves: after a cut, also across a restart of the server, they go on
//! behind the last frame that was seen, so that no character is lost or doubled.

mod approvals;
mod auth;
mod chat;
mod config;
mod conversations;
mod error;
mod event_source;
mod feed;
mod presets;
mod projects;
mod providers;
mod pull;
mod run;
mod sessions;
mod sse;
mod workspaces;

use std::{path::PathBuf, sync::Arc, time::Duration};

use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

pub use chat::ChatStream;
pub use conversations::Branch;
pub use error::ClientError;
pub use feed::FeedStream;
pub use pull::PullStream;
pub use run::RunStream;

use crate::health::HealthResponse;

/// How long an answer that is no stream may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a server is reached.
#[derive(Clone)]
pub enum Endpoint {
    /// By address.
    Tcp {
        /// Base address, such as `http://127.0.0.1:7420`.
        url: Url,
        /// The root token or a login token.
        token: Option<String>,
    },
    /// By its runtime socket, as its own user.
    Socket(PathBuf),
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp { url, .. } => write!(f, "Tcp({url})"),
            Self::Socket(path) => write!(f, "Socket({})", path.display()),
        }
    }
}

/// A client of one server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<Arc<str>>,
}

impl Client {
    /// A client of the server at an endpoint. Nothing is sent yet.
    ///
    /// # Errors
    /// The address is not http or https.
    pub fn connect(endpoint: Endpoint) -> Result<Self, ClientError> {
        let builder = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT);
        let (builder, base, token) = match endpoint {
            Endpoint::Tcp { url, token } if matches!(url.scheme(), "http" | "https") => {
                (builder, url, token)
            }
            Endpoint::Tcp { url, .. } => return Err(ClientError::Address(url.to_string())),
            Endpoint::Socket(path) => {
                let base = Url::parse("http://localhost/").map_err(ClientError::unexpected)?;
                (builder.unix_socket(path), base, None)
            }
        };
        let http = builder.build().map_err(ClientError::unexpected)?;
        Ok(Self {
            http,
            base,
            token: token.map(Into::into),
        })
    }

    /// Whether the server and what it stands on work. Needs no credential.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn health(&self) -> Result<HealthResponse, ClientError> {
        self.get("/api/health", &()).await
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ClientError> {
        let url = self.base.join(path).map_err(ClientError::unexpected)?;
        let request = self.http.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, ClientError> {
        let request = self
            .request(Method::GET, path)?
            .query(query)
            .timeout(ANSWER_TIMEOUT);
        json(accepted(request.send().await?).await?).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        json(self.post_raw(path, &(), body).await?).await
    }

    async fn post_in<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        json(self.post_raw(path, query, body).await?).await
    }

    /// A POST whose answer is empty.
    async fn act(&self, path: &str, query: &impl Serialize) -> Result<(), ClientError> {
        self.post_raw(path, query, &serde_json::Map::new())
            .await
            .map(drop)
    }

    async fn post_raw(
        &self,
        path: &str,
        query: &impl Serialize,
        body: &impl Serialize,
    ) -> Result<Response, ClientError> {
        let request = self.request(Method::POST, path)?.query(query).json(body);
        accepted(request.timeout(ANSWER_TIMEOUT).send().await?).await
    }
}

/// The response, or the problem it tells.
async fn accepted(response: Response) -> Result<Response, ClientError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let bytes = response.bytes().await?;
    Err(match serde_json::from_slice(&bytes) {
        Ok(problem) => ClientError::Problem(Box::new(problem)),
        Err(_) => ClientError::Status(status.as_u16()),
    })
}

async fn json<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let bytes = response.bytes().await?;
    serde_json::from_slice(&bytes).map_err(ClientError::unexpected)
}

/// A header of a response that holds an id.
fn header_of<T: std::str::FromStr>(response: &Response, name: &str) -> Option<T> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}

/// Whether a response is a stream; 204 says that there is nothing to follow.
fn is_stream(response: &Response) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    response.status() == StatusCode::OK && media_type.starts_with("text/event-stream")
}
