//! Workspaces (NB-08).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use weald_domain::{
    id::{UserId, WorkspaceId},
    slug::Slug,
    time::UnixMillis,
    workspace::WorkspaceProject,
};

use crate::{page::present, schema};

wire! {
    /// What people switch between and share.
    Workspace of weald_domain::workspace::Workspace {
        /// Id.
        #[schema(value_type = Uuid)]
        id: WorkspaceId,
        /// Public name, unique in the deployment.
        #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
        slug: Slug,
        /// Who made it.
        #[schema(value_type = Uuid)]
        owner_id: UserId,
        /// For people, 1–64 characters.
        name: String,
        /// Any CSS colour.
        color: Option<String>,
        /// Ordered projects, the first is the default.
        #[schema(value_type = Vec<schema::WorkspaceProject>)]
        projects: Vec<WorkspaceProject>,
        /// Preset of new conversations.
        #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
        default_preset_id: Option<Slug>,
        /// Opaque.
        #[schema(value_type = Object)]
        metadata: Map<String, Value>,
        /// When it was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When it last changed.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

/// A new workspace.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceCreateRequest {
    /// For people, 1–64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Public name; made from `name` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub slug: Option<Slug>,
    /// Any CSS colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Opaque.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, required = false)]
    pub metadata: Map<String, Value>,
}

/// A change of a workspace; an absent member stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct WorkspaceUpdateRequest {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    pub name: Option<String>,
    /// New colour; null clears it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub color: Option<Option<String>>,
    /// New ordered projects.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<schema::WorkspaceProject>>)]
    pub projects: Option<Vec<WorkspaceProject>>,
    /// New default preset; null clears it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub default_preset_id: Option<Option<Slug>>,
    /// Shallow merge; a null value removes its key, null clears everything.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Option<Map<String, Value>>>,
}
