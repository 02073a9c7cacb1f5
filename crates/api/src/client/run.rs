//! Running an agent and following what it says (NB-42, NB-54).

use futures::stream::{BoxStream, StreamExt, unfold};
use reqwest::{Method, Response, header};
use serde::Serialize;
use weald_domain::{
    cursor::Cursor,
    event::Envelope,
    id::{ConversationId, MessageId, SessionId},
    session::Transport,
};

use super::{Client, ClientError, accepted, event_source::EventSource, header_of, is_stream};
use crate::{
    message::RegenerateRequest,
    run::{
        CONVERSATION_HEADER, InterruptRequest, InterruptResponse, RunRequest, RunResponse,
        SESSION_HEADER,
    },
};

/// How often a run with a key is sent again when its answer is lost.
const TRIES: u32 = 5;

/// The events of a session, to its terminal event, across cuts and restarts of the server.
pub struct RunStream {
    session_id: SessionId,
    conversation_id: Option<ConversationId>,
    source: EventSource,
    seen: Cursor,
    ended: bool,
}

impl RunStream {
    /// The session.
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// Its conversation; none when only the session was named and nothing was read yet.
    #[must_use]
    pub const fn conversation_id(&self) -> Option<ConversationId> {
        self.conversation_id
    }

    /// The place of the last event.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.seen
    }

    /// The next event; none after the terminal one.
    ///
    /// # Errors
    /// The server refuses to go on, or was away for five minutes.
    pub async fn next(&mut self) -> Result<Option<Envelope>, ClientError> {
        while !self.ended {
            let Some(frame) = self.source.next().await? else {
                self.ended = true;
                break;
            };
            if frame.data.is_empty() {
                continue;
            }
            let envelope: Envelope =
                serde_json::from_str(&frame.data).map_err(ClientError::unexpected)?;
            if envelope.event_id <= self.seen && envelope.event_type != "resync" {
                continue;
            }
            self.seen = envelope.event_id;
            self.conversation_id = self.conversation_id.or(envelope.conversation_id);
            self.ended = envelope.is_terminal();
            return Ok(Some(envelope));
        }
        Ok(None)
    }

    /// The events as a stream; an error ends it.
    #[must_use]
    pub fn into_stream(self) -> BoxStream<'static, Result<Envelope, ClientError>> {
        unfold(Some(self), |state| async {
            let mut run = state?;
            match run.next().await {
                Ok(Some(envelope)) => Some((Ok(envelope), Some(run))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}

impl Client {
    /// Runs an agent and follows it. With a key a lost answer is asked for again; the same key
    /// never runs twice.
    ///
    /// # Errors
    /// See [`ClientError`]; `conversation_busy` names the active session.
    pub async fn run(
        &self,
        mut request: RunRequest,
        key: Option<&str>,
    ) -> Result<RunStream, ClientError> {
        request.transport = Transport::Sse;
        let response = self.begin("/api/conversations/run", &request, key).await?;
        self.followed(response)
    }

    /// Starts an agent without following it.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn start(
        &self,
        mut request: RunRequest,
        key: Option<&str>,
    ) -> Result<RunResponse, ClientError> {
        request.transport = Transport::Stream;
        super::json(self.begin("/api/conversations/run", &request, key).await?).await
    }

    /// Answers again from the same place and follows it (WE-02).
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn regenerate(
        &self,
        message: MessageId,
        mut request: RegenerateRequest,
        key: Option<&str>,
    ) -> Result<RunStream, ClientError> {
        request.transport = Transport::Sse;
        let path = format!("/api/messages/{message}/regenerate");
        let response = self.begin(&path, &request, key).await?;
        self.followed(response)
    }

    /// Follows a session after a cursor ([`Cursor::START`]: from its beginning).
    ///
    /// # Errors
    /// See [`ClientError`]: `bad_cursor`, `cursor_ahead`, `stream_gone`, `not_found`.
    pub async fn follow(
        &self,
        session_id: SessionId,
        after: Cursor,
    ) -> Result<RunStream, ClientError> {
        let mut source = self.source_of(session_id, after);
        let ended = !source.open().await?;
        Ok(RunStream {
            session_id,
            conversation_id: None,
            source,
            seen: after,
            ended,
        })
    }

    /// Stops what runs in a conversation; the sessions that were active.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn interrupt(
        &self,
        conversation: ConversationId,
        reason: Option<String>,
    ) -> Result<Vec<SessionId>, ClientError> {
        let path = format!("/api/conversations/{conversation}/interrupt");
        let response: InterruptResponse = self.post(&path, &InterruptRequest { reason }).await?;
        Ok(response.session_ids)
    }

    fn source_of(&self, session: SessionId, after: Cursor) -> EventSource {
        let path = format!("/api/sessions/{session}/events");
        let after = (after > Cursor::START).then(|| after.to_string());
        EventSource::new(self.clone(), path, Vec::new(), after)
    }

    fn followed(&self, response: Response) -> Result<RunStream, ClientError> {
        let session_id = header_of(&response, SESSION_HEADER);
        let Some(session_id) = session_id.filter(|_| is_stream(&response)) else {
            return Err(ClientError::unexpected(
                "the answer is not the stream of a session",
            ));
        };
        let conversation_id = header_of(&response, CONVERSATION_HEADER);
        let source = self.source_of(session_id, Cursor::START).opened(response);
        Ok(RunStream {
            session_id,
            conversation_id,
            source,
            seen: Cursor::START,
            ended: false,
        })
    }

    async fn begin(
        &self,
        path: &str,
        body: &impl Serialize,
        key: Option<&str>,
    ) -> Result<Response, ClientError> {
        let mut tries = 0;
        loop {
            let request = self.request(Method::POST, path)?.json(body);
            let request = request.header(header::ACCEPT, "text/event-stream, application/json");
            let request = match key {
                Some(key) => request.header("idempotency-key", key),
                None => request,
            };
            let answer = match request.send().await {
                Ok(response) => accepted(response).await,
                Err(error) => Err(error.into()),
            };
            tries += 1;
            match answer {
                Err(ClientError::Unreachable(_)) if key.is_some() && tries < TRIES => {
                    tokio::time::sleep(std::time::Duration::from_millis(100) * tries).await;
                }
                Ok(_) | Err(_) => return answer,
            }
        }
    }
}
