//! The caller of a request.

use weald_api::auth::CredentialKind;
use weald_domain::access::Access;

/// Who calls, and by what they were recognised.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) access: Access,
    pub(crate) credential: Credential,
}

/// By what a caller was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Credential {
    /// The runtime socket.
    Socket,
    /// The root token, by the hash it had.
    Root(String),
    /// A login token, by its hash.
    Login(String),
}

impl Credential {
    pub(crate) const fn kind(&self) -> CredentialKind {
        match self {
            Self::Socket => CredentialKind::Socket,
            Self::Root(_) => CredentialKind::Root,
            Self::Login(_) => CredentialKind::Login,
        }
    }
}
