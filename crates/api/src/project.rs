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

/// The projects of a workspace as one document, for another deployment or a backup (PR-12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectRegistry {
    /// Version of the form: 1.
    pub version: u32,
    /// The active one.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub active_project_id: Option<Slug>,
    /// In the order of the workspace.
    pub projects: Vec<RegisteredProject>,
}

/// One project of a [`ProjectRegistry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredProject {
    /// Slug.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
    pub id: Slug,
    /// For people.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// Absolute path of a repository; a managed project gets a directory where it is imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
    /// When it was made, milliseconds since 1970; the import's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub created_at: Option<i64>,
    /// `repository` by default.
    #[serde(default = "repository")]
    #[schema(value_type = schema::ProjectKind, required = false)]
    pub kind: ProjectKind,
    /// `active` by default.
    #[serde(default)]
    #[schema(value_type = schema::ProjectStatus, required = false)]
    pub status: ProjectStatus,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Opaque.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, required = false)]
    pub metadata: Map<String, Value>,
}

impl From<weald_domain::project::Project> for RegisteredProject {
    fn from(of: weald_domain::project::Project) -> Self {
        let root = of.root_directory.to_string_lossy().into_owned();
        Self {
            id: of.id,
            name: of.name,
            root_directory: (of.kind == ProjectKind::Repository).then_some(root),
            created_at: Some(of.created_at.0),
            kind: of.kind,
            status: of.status,
            description: of.description,
            metadata: of.metadata,
        }
    }
}

/// What became of an import: each project is taken or refused by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectImportResponse {
    /// Those that were added.
    #[schema(value_type = Vec<String>)]
    pub added: Vec<Slug>,
    /// Those that were not; nothing that was there is changed.
    pub refused: Vec<ProjectRefusal>,
}

/// A project that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectRefusal {
    /// Which.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
    pub id: Slug,
    /// Stable name of the error, as `POST /api/projects/create` has it.
    pub code: String,
    /// For people.
    pub detail: String,
}
