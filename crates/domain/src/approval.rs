//! Approvals: a question to a person, bound to a hash of the arguments (D-34).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    id::{ApprovalId, ConversationId, SessionId, UserId, WorkspaceId},
    permission::{Lifetime, Permission},
    time::UnixMillis,
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// May this call run?
    Permission,
    /// More money?
    Budget,
    /// Is this plan right?
    Plan,
    /// May this step run?
    Step,
}

/// Where an approval stands. The first answer wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Nobody answered yet.
    Pending,
    /// Somebody allowed it.
    Approved,
    /// Somebody denied it.
    Denied,
    /// Its time passed, or what asked has ended.
    Expired,
}

/// One permission a call needs, with what it would touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The permission.
    pub permission: Permission,
    /// What it would touch: resolved absolute paths for `fs.*` and `git`.
    pub resources: Vec<String>,
    /// What an answer beyond `once` would grant: the project roots that hold the resources.
    pub scope: Vec<String>,
}

/// What an approval is about, built from parsed arguments, never from a model's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The worker that would run the call.
    pub worker: String,
    /// The tool.
    pub tool: String,
    /// The call in its message.
    pub tool_call_id: String,
    /// The parsed arguments.
    pub args: Value,
    /// What the call needs.
    pub needs: Vec<Need>,
}

/// A durable question to a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Id of the row.
    pub id: ApprovalId,
    /// Where it belongs.
    pub workspace_id: WorkspaceId,
    /// Whose session asks.
    pub owner_id: UserId,
    /// The conversation that asks.
    pub conversation_id: ConversationId,
    /// The session that asks.
    pub session_id: SessionId,
    /// What is asked.
    pub kind: ApprovalKind,
    /// About what.
    pub subject: Subject,
    /// SHA-256 of the canonical arguments, worker binding and policy version.
    pub args_hash: String,
    /// The question for a person.
    pub question: String,
    /// The lifetimes a person may choose.
    pub options: Vec<Lifetime>,
    /// Where it stands.
    pub state: ApprovalState,
    /// When it expires; never by default.
    pub expires_at: Option<UnixMillis>,
    /// Who answered.
    pub answered_by: Option<UserId>,
    /// When.
    pub answered_at: Option<UnixMillis>,
    /// For how long, when approved.
    pub lifetime: Option<Lifetime>,
    /// Why, when denied.
    pub reason: Option<String>,
    /// When it was asked.
    pub created_at: UnixMillis,
}

/// Version of the rule that decides; part of what an approval is bound to.
pub const POLICY_VERSION: u32 = 1;

/// What an approval is bound to: SHA-256 over the canonical arguments (members sorted, as
/// RFC 8785 does), the worker and its permissions, and the policy version.
#[must_use]
pub fn binding_hash(subject: &Subject) -> String {
    let mut hash = Sha256::new();
    for piece in [
        subject.worker.as_str(),
        subject.tool.as_str(),
        &canonical(&subject.args),
    ] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece.as_bytes());
    }
    for need in &subject.needs {
        hash.update(need.permission.as_str().as_bytes());
        for resource in &need.resources {
            hash.update((resource.len() as u64).to_be_bytes());
            hash.update(resource.as_bytes());
        }
    }
    hash.update(POLICY_VERSION.to_be_bytes());
    hex::encode(hash.finalize())
}

/// JSON text with the members of every object sorted by name, without white space.
#[must_use]
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            let members: Vec<_> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_members_does_not_change_what_is_bound() {
        assert_eq!(
            canonical(&json!({"b": 1, "a": [{"d": null, "c": "x"}]})),
            r#"{"a":[{"c":"x","d":null}],"b":1}"#
        );
    }

    #[test]
    fn other_arguments_are_another_binding() {
        let subject = |path: &str| Subject {
            worker: "fs-worker".into(),
            tool: "fs_read".into(),
            tool_call_id: "c".into(),
            args: json!({"path": path}),
            needs: vec![],
        };
        assert_ne!(binding_hash(&subject("a")), binding_hash(&subject("b")));
    }
}
