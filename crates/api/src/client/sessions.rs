//! Sessions.

use weald_domain::id::SessionId;

use super::{Client, ClientError};
use crate::{
    Page,
    session::{Session, SessionGetQuery, SessionListQuery, SessionResponse, SessionStatusResponse},
};

impl Client {
    /// Sessions in time order.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn sessions(&self, query: &SessionListQuery) -> Result<Page<Session>, ClientError> {
        self.get("/api/sessions/list", query).await
    }

    /// One session, with its messages when asked for.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn session(
        &self,
        id: SessionId,
        query: &SessionGetQuery,
    ) -> Result<SessionResponse, ClientError> {
        self.get(&format!("/api/sessions/{id}/get"), query).await
    }

    /// Where a session stands.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn session_status(
        &self,
        id: SessionId,
    ) -> Result<SessionStatusResponse, ClientError> {
        self.get(&format!("/api/sessions/{id}/status"), &()).await
    }
}
