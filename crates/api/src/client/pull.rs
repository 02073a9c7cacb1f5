//! Following a download. It belongs to its connection: there is nothing to resume.

use reqwest::{Method, Response, header};
use weald_domain::slug::Slug;

use super::{Client, ClientError, accepted, event_source::SILENCE, is_stream, sse::SseReader};
use crate::provider::{ModelPullEvent, ModelPullRequest};

/// What a download tells, to its last event.
pub struct PullStream {
    response: Response,
    reader: SseReader,
    ended: bool,
}

impl PullStream {
    /// The next event; none after the last one.
    ///
    /// # Errors
    /// The connection broke before the download ended.
    pub async fn next(&mut self) -> Result<Option<ModelPullEvent>, ClientError> {
        while !self.ended {
            let Some(frame) = self.reader.next() else {
                self.read().await?;
                continue;
            };
            if frame.data.is_empty() {
                continue;
            }
            let event: ModelPullEvent =
                serde_json::from_str(&frame.data).map_err(ClientError::unexpected)?;
            self.ended = event.is_last();
            return Ok(Some(event));
        }
        Ok(None)
    }

    async fn read(&mut self) -> Result<(), ClientError> {
        let broke = |why: &str| ClientError::Unreachable(why.into());
        let piece = tokio::time::timeout(SILENCE, self.response.chunk()).await;
        match piece.map_err(|_| broke("the server fell silent"))?? {
            Some(piece) => self.reader.push(&piece),
            None => Err(broke("the download broke off")),
        }
    }
}

impl Client {
    /// Downloads a model to the provider's own machine. Dropping the stream stops the download.
    ///
    /// # Errors
    /// See [`ClientError`]; `not_available` when the provider downloads none.
    pub async fn pull_model(
        &self,
        id: &Slug,
        request: &ModelPullRequest,
    ) -> Result<PullStream, ClientError> {
        let path = format!("/api/providers/{id}/models/pull");
        let request = self.request(Method::POST, &path)?.json(request);
        let request = request.header(header::ACCEPT, "text/event-stream");
        let response = accepted(request.send().await?).await?;
        if !is_stream(&response) {
            return Err(ClientError::unexpected("the answer is no stream"));
        }
        Ok(PullStream {
            response,
            reader: SseReader::default(),
            ended: false,
        })
    }
}
