//! Permissions, grants and the pure rule that decides: deny, then ask, then allow (WK-012, WK-013).

use serde::{Deserialize, Serialize};

use crate::{
    id::{ConversationId, GrantId, UserId, WorkspaceId},
    time::UnixMillis,
};

/// A kind of permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Read files.
    #[serde(rename = "fs.read")]
    FsRead,
    /// Change files.
    #[serde(rename = "fs.write")]
    FsWrite,
    /// Reach hosts.
    #[serde(rename = "net")]
    Net,
    /// Start programs.
    #[serde(rename = "shell")]
    Shell,
    /// Drive a browser.
    #[serde(rename = "browser")]
    Browser,
    /// Use secrets.
    #[serde(rename = "env/secret")]
    Secret,
    /// Let the host run guarded git.
    #[serde(rename = "git")]
    HostGit,
    /// List and signal processes.
    #[serde(rename = "process")]
    HostProcess,
    /// Open one connection by address.
    #[serde(rename = "tcp")]
    HostTcp,
}

impl Permission {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FsRead => "fs.read",
            Self::FsWrite => "fs.write",
            Self::Net => "net",
            Self::Shell => "shell",
            Self::Browser => "browser",
            Self::Secret => "env/secret",
            Self::HostGit => "git",
            Self::HostProcess => "process",
            Self::HostTcp => "tcp",
        }
    }
}

/// How long an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// For this one call.
    #[default]
    Once,
    /// For this conversation.
    Conversation,
    /// For this task.
    Task,
    /// For this workspace.
    Workspace,
    /// Until revoked.
    Always,
}

/// Allow or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The call may run.
    Allow,
    /// The call may not run.
    Deny,
}

/// A stored answer for a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Id of the row.
    pub id: GrantId,
    /// Where it holds.
    pub workspace_id: WorkspaceId,
    /// Whose it is.
    pub owner_id: UserId,
    /// The worker it is for (built-in: by id).
    pub worker: String,
    /// The permission.
    pub permission: Permission,
    /// Directories, hosts or names it covers: absolute paths for `fs.*` and `git`.
    pub scope: Vec<String>,
    /// Allow or deny.
    pub decision: Decision,
    /// How long.
    pub lifetime: Lifetime,
    /// The conversation it is bound to, with [`Lifetime::Conversation`].
    pub conversation_id: Option<ConversationId>,
    /// When it was given.
    pub granted_at: UnixMillis,
    /// When it was taken back.
    pub revoked_at: Option<UnixMillis>,
}

/// What a call wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The worker that would run it.
    pub worker: &'a str,
    /// The permission.
    pub permission: Permission,
    /// What it would touch: resolved absolute paths for `fs.*` and `git`.
    pub resources: &'a [String],
    /// Where the call comes from.
    pub conversation_id: ConversationId,
    /// The workspace of that conversation.
    pub workspace_id: WorkspaceId,
}

/// What the rule says, and because of which grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A grant allows it.
    Allow(GrantId),
    /// A grant denies it.
    Deny(GrantId),
    /// No grant covers it: a person must be asked.
    Ask,
}

/// Decides one permission of a call: the first deny wins, then an allow that covers every
/// resource, else ask. The order of the grants does not matter.
#[must_use]
pub fn decide(grants: &[Grant], wanted: &Wanted<'_>) -> Verdict {
    let live = || {
        grants.iter().filter(|grant| {
            grant.revoked_at.is_none()
                && grant.worker == wanted.worker
                && grant.permission == wanted.permission
                && applies(grant, wanted)
        })
    };
    let touches = |grant: &&Grant| wanted.resources.iter().any(|r| covers(&grant.scope, r));
    if let Some(deny) = live()
        .filter(|g| g.decision == Decision::Deny)
        .find(touches)
    {
        return Verdict::Deny(deny.id);
    }
    let whole = |grant: &&Grant| wanted.resources.iter().all(|r| covers(&grant.scope, r));
    match live().filter(|g| g.decision == Decision::Allow).find(whole) {
        Some(allow) => Verdict::Allow(allow.id),
        None => Verdict::Ask,
    }
}

fn applies(grant: &Grant, wanted: &Wanted<'_>) -> bool {
    match grant.lifetime {
        Lifetime::Once | Lifetime::Task => false,
        Lifetime::Conversation => grant.conversation_id == Some(wanted.conversation_id),
        Lifetime::Workspace => grant.workspace_id == wanted.workspace_id,
        Lifetime::Always => true,
    }
}

fn covers(scope: &[String], resource: &str) -> bool {
    scope.iter().any(|root| {
        let root = root.trim_end_matches('/');
        resource == root
            || resource
                .strip_prefix(root)
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn grant(n: u128, scope: &str, decision: Decision, lifetime: Lifetime) -> Grant {
        Grant {
            id: GrantId(Uuid::from_u128(n)),
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            owner_id: UserId(Uuid::from_u128(1)),
            worker: "fs-worker".into(),
            permission: Permission::FsRead,
            scope: vec![scope.into()],
            decision,
            lifetime,
            conversation_id: Some(ConversationId(Uuid::from_u128(1))),
            granted_at: UnixMillis(0),
            revoked_at: None,
        }
    }

    fn ask(grants: &[Grant], resource: &str) -> Verdict {
        let wanted = Wanted {
            worker: "fs-worker",
            permission: Permission::FsRead,
            resources: &[resource.to_owned()],
            conversation_id: ConversationId(Uuid::from_u128(1)),
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
        };
        decide(grants, &wanted)
    }

    #[test]
    fn default_is_ask_and_a_sibling_directory_is_not_covered() {
        let grants = [grant(1, "/repo", Decision::Allow, Lifetime::Conversation)];
        assert_eq!(ask(&[], "/repo/a"), Verdict::Ask);
        assert_eq!(ask(&grants, "/repo/a"), Verdict::Allow(grants[0].id));
        assert_eq!(ask(&grants, "/repository/a"), Verdict::Ask);
    }

    #[test]
    fn a_once_grant_never_answers_a_second_call() {
        assert_eq!(
            ask(
                &[grant(1, "/repo", Decision::Allow, Lifetime::Once)],
                "/repo"
            ),
            Verdict::Ask
        );
    }

    proptest! {
        #[test]
        fn adding_a_deny_never_allows_more(allow in "/[ab]{1,2}", deny in "/[ab]{1,2}", at in "/[ab]{1,2}/[ab]") {
            let without = [grant(1, &allow, Decision::Allow, Lifetime::Always)];
            let with = [without[0].clone(), grant(2, &deny, Decision::Deny, Lifetime::Always)];
            let allowed = |v: Verdict| matches!(v, Verdict::Allow(_));
            prop_assert!(!allowed(ask(&with, &at)) || allowed(ask(&without, &at)));
        }

        #[test]
        fn order_does_not_matter_for_deny(allow in "/[ab]{1,2}", deny in "/[ab]{1,2}", at in "/[ab]{1,2}/[ab]") {
            let a = grant(1, &allow, Decision::Allow, Lifetime::Always);
            let d = grant(2, &deny, Decision::Deny, Lifetime::Always);
            prop_assert_eq!(ask(&[a.clone(), d.clone()], &at), ask(&[d, a], &at));
        }
    }
}
