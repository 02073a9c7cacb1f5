//! What the stored answers say of a call.

use std::path::{Path, PathBuf};

use weald_domain::{
    approval::Need,
    id::GrantId,
    permission::{Decision, Grant, Permission, Verdict, Wanted, decide},
    ports::CallContext,
};

/// What is allowed, what must be asked, and what stays closed either way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) grants: Vec<GrantId>,
    pub(super) missing: Vec<Need>,
    pub(super) except: Vec<PathBuf>,
}

/// Decides every need; none when one of them is denied.
pub(super) fn of(
    worker: &str,
    context: &CallContext,
    needs: &[Need],
    grants: &[Grant],
) -> Option<Decided> {
    let verdict = |permission: Permission, resources: &[String]| {
        let wanted = Wanted {
            worker,
            permission,
            resources,
            conversation_id: context.conversation_id,
            workspace_id: context.workspace_id,
        };
        decide(grants, &wanted)
    };
    let mut decided = Decided::default();
    for need in needs {
        match verdict(need.permission, &need.resources) {
            Verdict::Allow(grant) => decided.grants.push(grant),
            Verdict::Ask => decided.missing.push(need.clone()),
            Verdict::Deny(_) => return None,
        }
        // A call on a directory reaches what lies below: a denial there holds in the process.
        let denied = grants
            .iter()
            .filter(|grant| grant.decision == Decision::Deny)
            .flat_map(|grant| &grant.scope)
            .filter(|place| {
                need.resources
                    .iter()
                    .any(|r| Path::new(place).starts_with(r))
            })
            .filter(|place| {
                let place = std::slice::from_ref(*place);
                matches!(verdict(need.permission, place), Verdict::Deny(_))
            });
        decided.except.extend(denied.map(PathBuf::from));
    }
    decided.except.sort();
    decided.except.dedup();
    Some(decided)
}
