//! Why a request was not carried out.

use weald_domain::BoxError;

use crate::Problem;

/// A request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server refused it, and says why.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// The server cannot be reached, or the connection broke.
    #[error("the server cannot be reached")]
    Unreachable(#[source] BoxError),
    /// Something that is not a server of ours answered with this status.
    #[error("the server answered with status {0} and no problem")]
    Status(u16),
    /// The address is not one of a server.
    #[error("`{0}` is not an http address")]
    Address(String),
    /// The answer is not what the contract says.
    #[error("the server's answer cannot be read")]
    Unexpected(#[source] BoxError),
}

impl ClientError {
    pub(super) fn unexpected(error: impl Into<BoxError>) -> Self {
        Self::Unexpected(error.into())
    }

    /// The stable code of the server's problem.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(&problem.code),
            Self::Unreachable(_) | Self::Status(_) | Self::Address(_) | Self::Unexpected(_) => None,
        }
    }

    /// The HTTP status, when there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Problem(problem) => Some(problem.status),
            Self::Status(status) => Some(*status),
            Self::Unreachable(_) | Self::Address(_) | Self::Unexpected(_) => None,
        }
    }

    /// Whether the same request may succeed in a moment: the server restarts or is overloaded.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_)) || self.status().is_some_and(|status| status >= 500)
    }
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() || error.is_decode() {
            Self::unexpected(error)
        } else {
            Self::Unreachable(error.into())
        }
    }
}
