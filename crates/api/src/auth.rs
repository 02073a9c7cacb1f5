//! Who is asking (NB-66, MS-17).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use weald_domain::{
    access::{DeploymentRole, WorkspaceRole},
    id::{UserId, WorkspaceId},
};

use crate::schema;

/// Header that every state change with a cookie carries; no form can send it.
pub const CLIENT_HEADER: &str = "weald-client";

/// Turns the code of a login link into a login.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct LinkRequest {
    /// The code from the link's fragment.
    pub code: String,
}

impl std::fmt::Debug for LinkRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkRequest(…)")
    }
}

/// How a request was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// The deployment's root token.
    Root,
    /// A login token, as cookie or bearer.
    Login,
    /// The runtime socket, by the peer's uid.
    Socket,
}

/// The user of this request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeResponse {
    /// The user.
    #[schema(value_type = Uuid)]
    pub user_id: UserId,
    /// Their role in the deployment.
    #[schema(value_type = schema::DeploymentRole)]
    pub role: DeploymentRole,
    /// How they were recognised.
    pub credential: CredentialKind,
    /// The workspace a request without `workspace_id` means.
    #[schema(value_type = Option<Uuid>)]
    pub default_workspace_id: Option<WorkspaceId>,
    /// Their workspaces, oldest first.
    pub workspaces: Vec<Membership>,
}

/// A workspace and one's role in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    /// The workspace.
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    /// The role.
    #[schema(value_type = schema::WorkspaceRole)]
    pub role: WorkspaceRole,
}
