//! A scripted model server that speaks every wire over real HTTP and checks every request.
//!
//! It writes the wire on its own, so that it is a second witness beside the client it tests.

pub mod answer;
mod input;
mod play;
pub mod protocol;
mod pull;
mod routes;
mod wire;

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use answer::{
    Answer, Cut, Step, Tokens, bytewise, call, count, cut, fail, finish, hold, hold_headers, raw,
    refuse, reply, say, think, usage, wait,
};

pub use pull::PullEnd;

/// What the server answers.
#[derive(Debug, Clone)]
pub enum Mode {
    /// One answer per request, in order; one request more is against the protocol.
    Answers(Vec<Answer>),
    /// The same answer to every request.
    Always(Answer),
    /// The last user message, word by word.
    Echo,
    /// The acts of `builtin/script` in the last user message.
    PlayInput,
    /// Tokens at a steady rate.
    Tokens(Tokens),
}

/// What the server holds a request to.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The bearer key every request must carry; none allows no key.
    pub key: Option<String>,
    /// The models it has; any model when empty.
    pub models: Vec<String>,
}

/// The running server; it stops when it is dropped.
#[derive(Debug)]
pub struct ModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    mode: Mode,
    rules: Rules,
    next: Mutex<VecDeque<Answer>>,
    requests: Mutex<Vec<Value>>,
    /// What can be downloaded, and how that ends.
    library: Mutex<BTreeMap<String, PullEnd>>,
    /// What was.
    downloaded: Mutex<Vec<String>>,
    violations: Mutex<Vec<String>>,
    connections: AtomicUsize,
    received: watch::Sender<usize>,
    open: watch::Sender<usize>,
    stop: CancellationToken,
    /// What only this server's signatures hold.
    seal: u16,
}

impl ModelServer {
    /// A server that plays these steps; each step [`call`] (or a run of them) ends an answer, and
    /// the next request goes on behind it.
    pub async fn scripted(steps: impl IntoIterator<Item = Step>) -> Self {
        let answers = answer::split_at_calls(steps);
        Self::start(Mode::Answers(answers), Rules::default()).await
    }

    /// A server with one answer per request.
    pub async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = answers.into_iter().collect();
        Self::start(Mode::Answers(answers), Rules::default()).await
    }

    /// A server of a mode, on a free port of the loopback interface.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start(mode: Mode, rules: Rules) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.unwrap_or_else(|error| panic!("no free port: {error}"));
        let address = listener.local_addr();
        let address = address.unwrap_or_else(|error| panic!("no local address: {error}"));
        let next = match &mode {
            Mode::Answers(answers) => answers.iter().cloned().collect(),
            Mode::Always(_) | Mode::Echo | Mode::PlayInput | Mode::Tokens(_) => VecDeque::new(),
        };
        let shared = Arc::new(Shared {
            mode,
            rules,
            next: Mutex::new(next),
            requests: Mutex::default(),
            library: Mutex::default(),
            downloaded: Mutex::default(),
            violations: Mutex::default(),
            connections: AtomicUsize::new(0),
            received: watch::Sender::new(0),
            open: watch::Sender::new(0),
            stop: CancellationToken::new(),
            seal: address.port(),
        });
        let router = routes::router(Arc::clone(&shared));
        let counted = Arc::clone(&shared);
        let listener = listener.tap_io(move |_| {
            counted.connections.fetch_add(1, Ordering::Relaxed);
        });
        let stop = shared.stop.clone();
        TaskTracker::new().spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                served = axum::serve(listener, router) => drop(served),
            }
        });
        Self { address, shared }
    }

    /// Its base URL, as a provider is configured with it.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Its address without a path, as the wires that number no version are configured with it.
    #[must_use]
    pub fn root_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bodies of the chat requests so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        lock(&self.shared.requests).clone()
    }

    /// How many connections clients have opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Waits until `count` chat requests have come.
    pub async fn until_requests(&self, count: usize) {
        let mut received = self.shared.received.subscribe();
        // The sender lives as long as `self`.
        let _ = received.wait_for(|so_far| *so_far >= count).await;
    }

    /// Waits until exactly `count` answers are being streamed: 0 once every client has read its
    /// answer or hung up.
    pub async fn until_open(&self, count: usize) {
        let mut open = self.shared.open.subscribe();
        let _ = open.wait_for(|now| *now == count).await;
    }

    /// Makes a model one that can be downloaded, or cannot to its end.
    pub fn let_pull(&self, model: &str, end: PullEnd) {
        lock(&self.shared.library).insert(model.to_owned(), end);
    }

    /// Cuts every stream and takes no further request.
    pub fn stop(&self) {
        self.shared.stop.cancel();
    }

    /// Checks that no request was against the protocol.
    ///
    /// # Panics
    /// When one was; the message says how.
    pub fn assert_protocol_held(&self) {
        let violations = self.violations();
        assert!(
            violations.is_empty(),
            "requests against the protocol:\n- {}",
            violations.join("\n- ")
        );
    }

    /// What was against the protocol so far.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.violations).clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn violate(&self, what: impl IntoIterator<Item = String>) {
        lock(&self.violations).extend(what);
    }

    /// The models it lists.
    fn offered(&self) -> Vec<String> {
        let mut offered = if self.rules.models.is_empty() {
            vec!["stand-in".to_owned()]
        } else {
            self.rules.models.clone()
        };
        offered.extend(lock(&self.downloaded).iter().cloned());
        offered
    }

    /// Lists a model that was downloaded; one without a tag gets the usual one, as Ollama does it.
    fn list(&self, model: &str) {
        let offered = self.offered();
        let tagged = if model.contains(':') {
            model.to_owned()
        } else {
            format!("{model}:latest")
        };
        if !offered
            .iter()
            .any(|known| known == model || *known == tagged)
        {
            lock(&self.downloaded).push(tagged);
        }
    }

    /// What answers a chat request with this body.
    fn answer(&self, body: &Value) -> Answer {
        match &self.mode {
            Mode::Answers(_) => lock(&self.next).pop_front().unwrap_or_else(|| {
                self.violate(["a request more than there are answers".to_owned()]);
                refuse(500, "no answer is left")
            }),
            Mode::Always(answer) => answer.clone(),
            Mode::Echo => reply(answer::words(&input::last_user_text(body))),
            Mode::PlayInput => input::answer(body),
            Mode::Tokens(tokens) => reply([Step::Tokens(*tokens)]),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
