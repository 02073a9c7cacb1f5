//! Listeners, connections and the end of both.

use std::{convert::Infallible, io, pin::pin, time::Duration};

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener, UnixStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;
use tracing::{debug, warn};

use crate::{
    ServerState,
    auth::{Peer, PeerAddress},
    router,
    sse::watch_credentials,
};

/// How long a connection may take to send the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a stop waits for the requests that run.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// How long accepting rests when the system has no more descriptors.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Where the server listens. Both serve the same routes.
#[derive(Debug, Default)]
pub struct Listeners {
    /// TCP sockets.
    pub tcp: Vec<TcpListener>,
    /// The runtime socket: a peer with the server's own uid is the owner.
    pub runtime: Option<UnixListener>,
}

/// Serves until the token of the state is cancelled: then streams end without a terminal event,
/// requests that run get five seconds, and everything is closed.
pub async fn serve(state: ServerState, listeners: Listeners) {
    let router = router(state.clone());
    let tasks = TaskTracker::new();
    tasks.spawn(watch_credentials(state.clone()));
    for listener in listeners.tcp {
        let connections = Connections::new(&router, &state, &tasks);
        tasks.spawn(connections.accept_tcp(listener));
    }
    if let Some(listener) = listeners.runtime {
        let connections = Connections::new(&router, &state, &tasks);
        tasks.spawn(connections.accept_runtime(listener));
    }
    state.stop().cancelled().await;
    tasks.close();
    state.tasks().close();
    let all = async {
        tasks.wait().await;
        state.tasks().wait().await;
    };
    if tokio::time::timeout(STOP_TIMEOUT + Duration::from_secs(1), all)
        .await
        .is_err()
    {
        warn!(
            open = tasks.len(),
            "requests were still running when the server stopped"
        );
    }
}

#[derive(Clone)]
struct Connections {
    router: Router,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Connections {
    fn new(router: &Router, state: &ServerState, tasks: &TaskTracker) -> Self {
        Self {
            router: router.clone(),
            stop: state.stop().clone(),
            tasks: tasks.clone(),
        }
    }

    async fn accept_tcp(self, listener: TcpListener) {
        while let Some(accepted) = self.until_stop(listener.accept()).await {
            match accepted {
                Ok((stream, from)) => {
                    let _ = stream.set_nodelay(true);
                    let from = Some(PeerAddress(from.ip()));
                    let connection = self.clone().connection(stream, Peer::Tcp, from);
                    self.tasks.spawn(connection);
                }
                Err(error) => self.rest(&error).await,
            }
        }
    }

    async fn accept_runtime(self, listener: UnixListener) {
        while let Some(accepted) = self.until_stop(listener.accept()).await {
            match accepted {
                Ok((stream, _)) => {
                    let peer = peer_of(&stream);
                    self.tasks
                        .spawn(self.clone().connection(stream, peer, None));
                }
                Err(error) => self.rest(&error).await,
            }
        }
    }

    async fn until_stop<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            done = work => Some(done),
        }
    }

    async fn rest(&self, error: &io::Error) {
        warn!(%error, "a connection could not be accepted");
        tokio::time::sleep(ACCEPT_REST).await;
    }

    async fn connection<S>(self, stream: S, peer: Peer, from: Option<PeerAddress>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            if let Some(from) = from {
                request.extensions_mut().insert(from);
            }
            let answer = self.router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
        });
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .serve_connection(TokioIo::new(stream), service)
        );
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(STOP_TIMEOUT, connection).await {
                    Ok(ended) => ended,
                    Err(_) => return,
                }
            }
        };
        if let Err(error) = ended {
            debug!(%error, "a connection broke");
        }
    }
}

/// Whose socket it is, by the kernel's word.
fn peer_of(stream: &UnixStream) -> Peer {
    let own = rustix::process::geteuid().as_raw();
    match stream.peer_cred() {
        Ok(peer) if peer.uid() == own => Peer::OwnUid,
        Ok(_) | Err(_) => Peer::OtherUid,
    }
}
