//! A reader of a session's stream with its own SSE parser, independent of the product's: it logs
//! every envelope, cuts its own connection when told to, and resumes with `Last-Event-ID`.

use std::time::Duration;

use futures::StreamExt;
use tokio::time::timeout;
use weald_domain::{event::Envelope, id::SessionId};
use weald_testkit::history::ReaderLog;

/// When a reader cuts its own connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// Never.
    Never,
    /// After this many bytes of a connection; then it resumes.
    AfterBytes(usize),
}

/// How one connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// The server said that there is nothing more: the terminal event was seen, or 204 or 410.
    Finished,
    /// It broke, or the reader cut it.
    Broken,
}

/// One reader over many connections.
pub(crate) struct Reader {
    pub(crate) log: ReaderLog,
    pub(crate) session: SessionId,
    http: reqwest::Client,
}

impl Reader {
    pub(crate) fn new(name: String, session: SessionId) -> Self {
        let http = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self {
            log: ReaderLog {
                reader: name,
                seen: Vec::new(),
            },
            session,
            http,
        }
    }

    /// Reads one connection until it ends. `next_cut` is asked before each.
    pub(crate) async fn read(&mut self, base: &str, token: &str, cut: Cut) -> Connection {
        let url = format!("{base}/api/sessions/{}/events", self.session);
        let mut request = self.http.get(url).bearer_auth(token);
        if !self.log.seen.is_empty() {
            request = request.header("Last-Event-ID", self.log.cursor().to_string());
        }
        let Ok(Ok(answer)) = timeout(Duration::from_secs(10), request.send()).await else {
            return Connection::Broken;
        };
        match answer.status().as_u16() {
            200 => {}
            204 | 410 => return Connection::Finished,
            status if status >= 500 => return Connection::Broken,
            status => panic!(
                "{} answered {status}: {:?}",
                self.log.reader,
                answer.text().await
            ),
        }
        let mut body = answer.bytes_stream();
        let mut buffer = Vec::new();
        let mut taken = 0;
        loop {
            let chunk = match timeout(Duration::from_secs(30), body.next()).await {
                Ok(Some(Ok(chunk))) => chunk,
                Ok(Some(Err(_)) | None) => return Connection::Broken,
                Err(_) => panic!(
                    "{}: no byte for 30 s at {}",
                    self.log.reader,
                    self.log.cursor()
                ),
            };
            let keep = match cut {
                Cut::Never => chunk.len(),
                Cut::AfterBytes(limit) => chunk.len().min(limit.saturating_sub(taken)),
            };
            taken += keep;
            buffer.extend_from_slice(&chunk[..keep]);
            if self.take_frames(&mut buffer) {
                return Connection::Finished;
            }
            if keep < chunk.len() || matches!(cut, Cut::AfterBytes(limit) if taken >= limit) {
                return Connection::Broken;
            }
        }
    }

    /// Takes the whole frames out of the buffer; whether the terminal event was among them.
    fn take_frames(&mut self, buffer: &mut Vec<u8>) -> bool {
        while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
            let frame: Vec<u8> = buffer.drain(..end + 2).collect();
            let frame = std::str::from_utf8(&frame).unwrap();
            let field = |name: &str| {
                frame
                    .lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            };
            let (Some(id), Some(data)) = (field("id"), field("data")) else {
                continue;
            };
            let envelope: Envelope = serde_json::from_str(data).unwrap();
            assert_eq!(
                id,
                envelope.event_id.to_string(),
                "the SSE id is the event's id"
            );
            assert_eq!(field("event"), Some(envelope.event_type.as_str()));
            let terminal = envelope.is_terminal();
            self.log.seen.push(envelope);
            if terminal {
                return true;
            }
        }
        false
    }
}
