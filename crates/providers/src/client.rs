//! The HTTP client of every wire.
//!
//! It dials only the configured address: no proxy from the environment, no redirect. The key goes
//! to that address and into nothing else.

mod address;
mod answer;
mod key;
mod pull;
mod refusal;
mod resolve;
mod retry;
mod watch;

pub use address::preset as preset_base_url;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::{
    RequestBuilder, Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::info;
use weald_domain::{
    limits::PROVIDER_EVENT_MAX,
    model::{ModelError, ModelErrorKind, ModelRequest, OfferedModel},
    ports::models::{ModelStream, PullStream},
    provider::Provider,
    secret::Secret,
};

use crate::{
    failure, ollama,
    redact::Quoter,
    wire::{Silence, Wire},
};

/// How long a client waits for what, and how often it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientConfig {
    /// Until the connection stands.
    pub connect: Duration,
    /// From the request to the headers of the answer.
    pub header: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// In the place of both for servers that are silent while they work: while a model is loaded,
    /// a long prompt is read, or a model thinks unseen.
    pub patience: Duration,
    /// For the whole call, retries included.
    pub total: Duration,
    /// How often a silent answer says that it is silent.
    pub silent_every: Duration,
    /// How long usage and `[DONE]` may take once the model said why it stopped.
    pub grace: Duration,
    /// How often a call that failed before its first byte is tried again.
    pub retries: u32,
    /// The wait before the first retry; it doubles with each.
    pub backoff: Duration,
    /// The longest `Retry-After` that is waited for.
    pub retry_after_max: Duration,
}

impl ClientConfig {
    /// These deadlines for the servers of a wire.
    const fn on(self, wire: Wire) -> Self {
        match wire.silence() {
            Silence::IsOdd => self,
            Silence::IsWork => Self {
                header: self.patience,
                idle: self.patience,
                ..self
            },
        }
    }
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            header: Duration::from_secs(60),
            idle: Duration::from_secs(120),
            patience: Duration::from_secs(15 * 60),
            total: Duration::from_secs(30 * 60),
            silent_every: Duration::from_secs(5),
            grace: Duration::from_secs(5),
            retries: 3,
            backoff: Duration::from_millis(500),
            retry_after_max: Duration::from_secs(30),
        }
    }
}

/// Speaks with any provider, by its wire.
#[derive(Debug, Default)]
pub struct ChatClient {
    config: ClientConfig,
    http: OnceLock<reqwest::Client>,
}

impl ChatClient {
    /// A client with these deadlines.
    #[must_use]
    pub const fn new(config: ClientConfig) -> Self {
        Self {
            config,
            http: OnceLock::new(),
        }
    }

    /// Calls a model and streams its answer.
    ///
    /// # Errors
    /// Everything that happens before the first byte of the answer.
    pub async fn call(
        &self,
        provider: &Provider,
        wire: Wire,
        key: Option<Secret>,
        request: &ModelRequest,
    ) -> Result<ModelStream, ModelError> {
        let config = self.config.on(wire);
        let deadline = Instant::now() + config.total;
        let body = Bytes::from(wire.encode(request)?.to_string());
        let url = address::call(provider, wire, &request.model)?;
        let mut headers = key::headers(provider, wire, key.as_ref())?;
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let quoter = Quoter::covering(key);
        let http = self.http()?;
        let mut attempt = 0;
        loop {
            let post = http.post(url.clone()).headers(headers.clone());
            let headers_by = (config.header, deadline);
            let sent = send(post.body(body.clone()), &quoter, headers_by);
            match sent.await {
                Ok(response) => {
                    let times = (config, deadline);
                    return answer::stream(response, wire, times, quoter);
                }
                Err(error) => {
                    let wait = retry::wait(&error, attempt, request.session_id, &config);
                    let Some(wait) = wait.filter(|wait| Instant::now() + *wait < deadline) else {
                        return Err(error);
                    };
                    attempt += 1;
                    let (code, wait_ms) = (error.code, wait.as_millis());
                    info!(provider.id = %provider.id, attempt, wait_ms, code, "calling again");
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// The models that a provider offers.
    ///
    /// # Errors
    /// As [`ChatClient::call`], and `bad_list` when the answer is no list of models.
    pub async fn list(
        &self,
        provider: &Provider,
        wire: Wire,
        key: Option<Secret>,
    ) -> Result<Vec<OfferedModel>, ModelError> {
        let url = address::list(provider, wire)?;
        let headers = key::headers(provider, wire, key.as_ref())?;
        let quoter = Quoter::covering(key);
        let get = self.http()?.get(url).headers(headers);
        let deadline = Instant::now() + self.config.header;
        let response = send(get, &quoter, (self.config.header, deadline)).await?;
        let body = timeout_at(deadline, read_within(response, PROVIDER_EVENT_MAX)).await;
        let body = body.map_err(|_| header_timeout(self.config.header))?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        wire.models(&value).ok_or_else(|| {
            let message = "the provider's list of models is none; is the base URL right?";
            failure::lasting(ModelErrorKind::BadRequest, "bad_list", message)
        })
    }

    /// Downloads a model to the provider's own machine, when its wire can; none when it cannot.
    ///
    /// # Errors
    /// As [`ChatClient::call`].
    pub async fn pull(
        &self,
        provider: &Provider,
        wire: Wire,
        key: Option<Secret>,
        model: &str,
    ) -> Result<Option<PullStream>, ModelError> {
        let Some(url) = address::pull(provider, wire) else {
            return Ok(None);
        };
        let mut headers = key::headers(provider, wire, key.as_ref())?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let quoter = Quoter::covering(key);
        let body = ollama::pull::request(model).to_string();
        let post = self.http()?.post(url?).headers(headers).body(body);
        let deadline = Instant::now() + self.config.header;
        let response = send(post, &quoter, (self.config.header, deadline)).await?;
        Ok(Some(pull::stream(response, self.config.idle, quoter)))
    }

    /// The HTTP client, made when it is first needed: reading the machine's certificates takes
    /// longer than everything else at a start.
    fn http(&self) -> Result<&reqwest::Client, ModelError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        // An error says that there is one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        // A machine without certificates can still reach a model of its own over plain HTTP.
        let http = self
            .builder()
            .build()
            .or_else(|_| self.builder().tls_certs_only([]).build())
            .map_err(|error| {
                let message = format!("the HTTP client cannot be made: {error}");
                failure::lasting(ModelErrorKind::Network, "client_failed", message)
            })?;
        Ok(self.http.get_or_init(|| http))
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(concat!("weald/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .dns_resolver(Arc::new(resolve::GuardedResolver))
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.config.connect)
            // A host that is gone is found in the middle of a long silence, too.
            .tcp_keepalive(Duration::from_secs(30))
            .tcp_keepalive_interval(Duration::from_secs(15))
            .tcp_keepalive_retries(4)
            .pool_idle_timeout(Duration::from_secs(50))
    }
}

/// Sends a request and waits for the headers of a good answer, for so long and until then.
async fn send(
    request: RequestBuilder,
    quoter: &Quoter,
    (limit, deadline): (Duration, Instant),
) -> Result<Response, ModelError> {
    let deadline = deadline.min(Instant::now() + limit);
    let response = timeout_at(deadline, request.send())
        .await
        .map_err(|_| header_timeout(limit))?
        .map_err(|error| refusal::unreachable(error, quoter))?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let body = timeout(Duration::from_secs(5), read_within(response, 64 * 1024)).await;
    let body = body.unwrap_or_default();
    Err(refusal::read(status, &headers, &body, quoter))
}

fn header_timeout(limit: Duration) -> ModelError {
    let message = format!("the provider did not answer within {} s", limit.as_secs());
    failure::passing(ModelErrorKind::Timeout, "header_timeout", message)
}

/// The start of a body, whatever becomes of the rest.
async fn read_within(response: Response, limit: usize) -> Vec<u8> {
    let mut body = vec![];
    let mut pieces = response.bytes_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        let room = limit.saturating_sub(body.len());
        body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if body.len() >= limit {
            break;
        }
    }
    body
}

#[cfg(test)]
mod tests;
