//! Who asks.

use super::{Client, ClientError};
use crate::auth::MeResponse;

impl Client {
    /// The user of this client.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn me(&self) -> Result<MeResponse, ClientError> {
        self.get("/api/auth/me", &()).await
    }

    /// Ends the login of this client's token and its streams.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn logout(&self) -> Result<(), ClientError> {
        self.act("/api/auth/logout", &()).await
    }
}
