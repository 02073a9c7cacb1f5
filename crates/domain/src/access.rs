//! Who reads or writes, and which workspaces they are in. Every query takes an [`Access`], so that
//! none can be written without it; what lies outside is 404.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{UserId, WorkspaceId};

/// Role of a user in the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentRole {
    /// May change the deployment.
    Admin,
    /// May use it.
    Member,
}

/// Role of a user in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceRole {
    /// May read.
    Viewer,
    /// May read and write.
    Editor,
    /// May also change the workspace and its members.
    Owner,
}

/// A reader or writer with the workspaces they are a member of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The user.
    pub user_id: UserId,
    /// Their role in the deployment.
    pub role: DeploymentRole,
    /// Their workspaces, in the order they were made (ids sort by time): the first is the default.
    pub workspaces: BTreeMap<WorkspaceId, WorkspaceRole>,
}

impl Access {
    /// Whether they may read what belongs to a workspace.
    #[must_use]
    pub fn may_read(&self, workspace: WorkspaceId) -> bool {
        self.workspaces.contains_key(&workspace)
    }

    /// Whether they may write what belongs to a workspace.
    #[must_use]
    pub fn may_write(&self, workspace: WorkspaceId) -> bool {
        self.workspaces
            .get(&workspace)
            .is_some_and(|role| *role >= WorkspaceRole::Editor)
    }

    /// Whether they may change the deployment.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == DeploymentRole::Admin
    }

    /// The workspace a request without `workspace_id` means: the user's first.
    #[must_use]
    pub fn default_workspace(&self) -> Option<WorkspaceId> {
        self.workspaces.keys().next().copied()
    }
}
