//! Audit entries: who did what under which grant, in a hash chain per workspace (WK-015).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    id::{GrantId, SessionId, UserId, WorkspaceId},
    time::UnixMillis,
};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditDecision {
    /// It was allowed.
    Allowed,
    /// It was refused.
    Denied,
    /// A person was asked.
    Asked,
    /// It was done (an action that needs no decision, such as a login).
    Done,
}

/// An entry before it has its place in the chain. Payloads are named by hash only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAudit {
    /// The chain it belongs to; none for the deployment's.
    pub workspace_id: Option<WorkspaceId>,
    /// The person.
    pub user_id: Option<UserId>,
    /// The session.
    pub session_id: Option<SessionId>,
    /// The worker or other extension.
    pub extension: Option<String>,
    /// What was done, such as `tool.call` or `approval.answer`.
    pub action: String,
    /// To what, such as `fs_read` or a path.
    pub resource: String,
    /// What was decided.
    pub decision: AuditDecision,
    /// Under which grant.
    pub grant_id: Option<GrantId>,
    /// SHA-256 of the payload (canonical arguments), hex.
    pub payload_hash: Option<String>,
    /// When.
    pub at: UnixMillis,
}

/// A link of the chain: `h_n = SHA-256(h_{n-1} ‖ canonical entry)`.
#[must_use]
pub fn chain_hash(prev_hash: &str, seq: u64, entry: &NewAudit) -> String {
    let entry = serde_json::to_value(entry).unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(prev_hash.as_bytes());
    hash.update(seq.to_be_bytes());
    hash.update(crate::approval::canonical(&entry).as_bytes());
    hex::encode(hash.finalize())
}

/// The hash before the first entry of a chain.
pub const CHAIN_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
