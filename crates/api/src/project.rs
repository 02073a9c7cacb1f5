//! Projects (PR-09 … PR-12, NB-27).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use weald_domain::{
    id::{UserId, WorkspaceId},
    project::{ProjectKind, ProjectStatus},
    slug::Slug,
    time::UnixMillis,
};

use crate::{page::present, schema};

/// A directory an agent may work in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Project {
    /// Slug, unique in the workspace.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
    pub id: Slug,
    /// Where it belongs.
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    /// Who made it.
    #[schema(value_type = Uuid)]
    pub owner_id: UserId,
    /// For people.
    pub name: String,
    /// Whose directory it is.
    #[schema(value_type = schema::ProjectKind)]
    pub kind: ProjectKind,
    /// Absolute path.
    pub root_directory: String,
    /// Whether work goes on in it.
    #[schema(value_type = schema::ProjectStatus)]
    pub status: ProjectStatus,
    /// What it is.
    pub description: Option<String>,
    /// Whether it is the active one of its workspace.
    pub is_active: bool,
    /// Opaque.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// When it was made.
    #[schema(value_type = DateTime<Utc>)]
    pub created_at: UnixMillis,
    /// When it last changed.
    #[schema(value_type = DateTime<Utc>)]
    pub updated_at: UnixMillis,
}

impl From<weald_domain::project::Project> for Project {
    fn from(of: weald_domain::project::Project) -> Self {
        Self {
            id: of.id,
            workspace_id: of.workspace_id,
            owner_id: of.owner_id,
            name: of.name,
            kind: of.kind,
            root_directory: of.root_directory.to_string_lossy().into_owned(),
            status: of.status,
            description: of.description,
            is_active: of.is_active,
            metadata: of.metadata,
            created_at: of.created_at,
            updated_at: of.updated_at,
        }
    }
}

/// A new project: a git repository of the user, or a directory that Weald makes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProjectCreateRequest {
    /// Slug; made from the name or the directory when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub id: Option<Slug>,
    /// For people; the directory's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub name: Option<String>,
    /// `repository` by default.
    #[serde(default = "repository")]
    #[schema(value_type = schema::ProjectKind, required = false)]
    pub kind: ProjectKind,
    /// Absolute path of the repository's root; none for a managed project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Opaque.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, required = false)]
    pub metadata: Map<String, Value>,
}

const fn repository() -> ProjectKind {
    ProjectKind::Repository
}

/// A change of a project; an absent member stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ProjectUpdateRequest {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub name: Option<String>,
    /// New status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ProjectStatus>)]
    pub status: Option<ProjectStatus>,
    /// New description; null removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// Shallow merge; a null value removes its key, null clears everything.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Option<Map<String, Value>>>,
}
