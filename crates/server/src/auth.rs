//! Who may ask (NB-66, MS-17): the root token, a login, or the runtime socket's own uid.

mod attempts;
mod caller;
mod cookie;
mod gate;
mod host;
mod link;
mod origin;
mod token;

pub use link::LinkCodes;

pub(crate) use attempts::{LoginAttempts, PeerAddress};
pub(crate) use caller::{Caller, Credential};
pub(crate) use cookie::{clearing_cookie, cookie_name, login_cookie};
pub(crate) use gate::{OPEN_ROUTES, gate, unauthenticated};
pub(crate) use host::{HostKind, check_host, host_kind};
pub(crate) use origin::check_origin;
pub(crate) use token::{LOGIN_MS, RootToken, Token};

/// Where a connection came from; stands in the extensions of each of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// TCP.
    Tcp,
    /// The runtime socket, opened by the server's own uid: the owner.
    OwnUid,
    /// The runtime socket, opened by somebody else.
    OtherUid,
}
