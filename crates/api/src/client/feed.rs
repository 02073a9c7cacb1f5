//! The feed (spec 5.7).

use weald_domain::{cursor::FeedCursor, event::Envelope};

use super::{Client, ClientError, event_source::EventSource};

/// The events of the asked topics, across cuts and restarts of the server.
pub struct FeedStream {
    source: EventSource,
}

impl FeedStream {
    /// Where the reader stands: the cursor of the last event.
    #[must_use]
    pub fn cursor(&self) -> Option<FeedCursor> {
        self.source.last_id().and_then(|id| id.parse().ok())
    }

    /// The next event. The feed never ends by itself; none means that the server ended it.
    ///
    /// # Errors
    /// The server refuses to go on, or was away for five minutes.
    pub async fn next(&mut self) -> Result<Option<Envelope>, ClientError> {
        while let Some(frame) = self.source.next().await? {
            if !frame.data.is_empty() {
                let envelope = serde_json::from_str(&frame.data);
                return envelope.map(Some).map_err(ClientError::unexpected);
            }
        }
        Ok(None)
    }
}

impl Client {
    /// Follows topics after a cursor; without one, from now on.
    ///
    /// # Errors
    /// See [`ClientError`]: `bad_topics`, `bad_cursor`, `cursor_ahead`, `stream_gone`.
    pub async fn feed(
        &self,
        topics: &[&str],
        after: Option<FeedCursor>,
    ) -> Result<FeedStream, ClientError> {
        let query = vec![("topics", topics.join(","))];
        let after = after.map(|after| after.to_string());
        let mut source = EventSource::new(self.clone(), "/api/events".to_owned(), query, after);
        source.open().await?;
        Ok(FeedStream { source })
    }
}
