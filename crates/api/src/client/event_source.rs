//! A stream that goes on after a cut.

use std::time::{Duration, Instant};

use reqwest::{Method, Response, header};

use super::{
    Client, ClientError, accepted, is_stream,
    sse::{SseFrame, SseReader},
};

/// The server sends at least a comment every 15 seconds; after this silence the connection is dead.
pub(super) const SILENCE: Duration = Duration::from_secs(45);
/// First pause before a new connection; it doubles.
const PAUSE_MIN: Duration = Duration::from_millis(50);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How long the server may be away before the stream gives up.
const GIVE_UP: Duration = Duration::from_secs(300);

/// Frames of a stream, across connections.
pub(super) struct EventSource {
    client: Client,
    path: String,
    query: Vec<(&'static str, String)>,
    last_id: Option<String>,
    response: Option<Response>,
    reader: SseReader,
    pause: Duration,
    away_since: Option<Instant>,
}

impl EventSource {
    /// Follows a path, from an id on.
    pub(super) fn new(
        client: Client,
        path: String,
        query: Vec<(&'static str, String)>,
        last_id: Option<String>,
    ) -> Self {
        Self {
            client,
            path,
            query,
            last_id,
            response: None,
            reader: SseReader::default(),
            pause: PAUSE_MIN,
            away_since: None,
        }
    }

    /// The same with a response that another request opened.
    pub(super) fn opened(mut self, response: Response) -> Self {
        self.response = Some(response);
        self
    }

    /// Id of the last frame.
    pub(super) fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// Makes sure that there is a connection; `false` when there is nothing to follow (204).
    pub(super) async fn open(&mut self) -> Result<bool, ClientError> {
        if self.response.is_some() {
            return Ok(true);
        }
        let request = self
            .client
            .request(Method::GET, &self.path)?
            .query(&self.query);
        let request = request.header(header::ACCEPT, "text/event-stream");
        let request = match &self.last_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        let answer = tokio::time::timeout(SILENCE, request.send()).await;
        let response = answer.map_err(|_| silence())??;
        let response = accepted(response).await?;
        if !is_stream(&response) {
            return Ok(false);
        }
        self.response = Some(response);
        self.reader = SseReader::default();
        self.away_since = None;
        Ok(true)
    }

    /// The next frame; none when the server says that there is nothing more.
    pub(super) async fn next(&mut self) -> Result<Option<SseFrame>, ClientError> {
        loop {
            if let Some(frame) = self.reader.next() {
                if frame.id.is_some() {
                    self.last_id.clone_from(&frame.id);
                }
                return Ok(Some(frame));
            }
            match self.open().await {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => {
                    self.wait(error).await?;
                    continue;
                }
            }
            if let Err(error) = self.read().await {
                self.response = None;
                self.wait(error).await?;
            }
        }
    }

    /// Reads one piece.
    async fn read(&mut self) -> Result<(), ClientError> {
        let Some(response) = &mut self.response else {
            return Ok(());
        };
        match tokio::time::timeout(SILENCE, response.chunk()).await {
            Ok(Ok(Some(piece))) => {
                // A stream without events has comments.
                self.pause = PAUSE_MIN;
                self.reader.push(&piece)
            }
            Ok(Ok(None)) => Err(ClientError::Unreachable("the stream was closed".into())),
            Ok(Err(error)) => Err(ClientError::Unreachable(error.without_url().into())),
            Err(_) => Err(silence()),
        }
    }

    /// Pauses before the next connection; gives the error back when there shall be none.
    async fn wait(&mut self, error: ClientError) -> Result<(), ClientError> {
        let since = *self.away_since.get_or_insert_with(Instant::now);
        if !error.is_passing() || since.elapsed() > GIVE_UP {
            return Err(error);
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        Ok(())
    }
}

fn silence() -> ClientError {
    ClientError::Unreachable("the server fell silent".into())
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::Endpoint;

    /// Answers each connection with one of these bodies and closes it.
    async fn serve(listener: TcpListener, bodies: [&str; 2]) {
        for body in bodies {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.expect("reads") > 0);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close";
            let answer = format!("{head}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.expect("writes");
        }
    }

    #[tokio::test]
    async fn a_quiet_stream_that_was_open_does_not_count_as_absence() {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let endpoint = Endpoint::Tcp {
            url: url.parse().expect("a URL"),
            token: None,
        };
        let client = Client::connect(endpoint).expect("a client");
        let mut source = EventSource::new(client, "/x".into(), Vec::new(), None);
        // It was away for long, came back, and said nothing but that it is there.
        source.away_since = Instant::now().checked_sub(GIVE_UP * 2);
        source.pause = PAUSE_MAX;
        let server = serve(listener, [": here\n\n", "id: 1\ndata: {}\n\n"]);
        let (frame, ()) = tokio::join!(source.next(), server);
        assert_eq!(
            frame.expect("a stream").expect("a frame").id.as_deref(),
            Some("1")
        );
        assert_eq!(source.away_since, None);
        assert!(source.pause < PAUSE_MAX);
    }
}
