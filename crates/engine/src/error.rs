//! Why a use case did not happen, one variant per thing a surface does differently.

use weald_domain::{approval::Approval, ports::StoreError, session::ActiveSession};

/// A run did not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The conversation has an active session (409 `conversation_busy`).
    #[error("the conversation is busy")]
    Busy(ActiveSession),
    /// Something the request names does not exist for this reader (404).
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The request cannot be carried out as it stands (400, with this code).
    #[error("{detail}")]
    Invalid {
        /// Stable code.
        code: &'static str,
        /// One sentence for a person.
        detail: String,
    },
    /// The request key was used with another request (422 `key_reused`).
    #[error("the request key was used with another request")]
    KeyReused,
    /// Weald is stopping and takes no new sessions (503 `draining`).
    #[error("Weald is stopping")]
    Draining,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RunError {
    pub(crate) fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid {
            code,
            detail: detail.into(),
        }
    }
}

/// An interrupt did not happen.
#[derive(Debug, thiserror::Error)]
pub enum InterruptError {
    /// There is no such conversation or session for this reader (404).
    #[error("there is no such conversation")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AnswerApprovalError {
    /// There is no such approval for this reader (404).
    #[error("there is no such approval")]
    NotFound,
    /// A lifetime that this approval does not offer (400 `bad_lifetime`).
    #[error("this approval does not offer that lifetime")]
    Lifetime,
    /// Somebody answered first, or it expired (409 `approval_answered`).
    #[error("the approval was answered before")]
    Answered(Box<Approval>),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
