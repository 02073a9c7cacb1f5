//! Projects: directories an agent may work in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    id::{UserId, WorkspaceId},
    slug::Slug,
    time::UnixMillis,
};

/// Whose directory it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectKind {
    /// Made by Weald under its data root.
    Managed,
    /// A person's git repository.
    Repository,
}

/// Whether work goes on in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    /// Work goes on.
    #[default]
    Active,
    /// Work rests.
    Paused,
    /// Work is done.
    Completed,
    /// Put away.
    Archived,
}

/// A directory an agent may work in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Slug, unique in the workspace.
    pub id: Slug,
    /// Where it belongs.
    pub workspace_id: WorkspaceId,
    /// Who made it.
    pub owner_id: UserId,
    /// For people.
    pub name: String,
    /// Whose directory it is.
    pub kind: ProjectKind,
    /// Absolute and canonical.
    pub root_directory: PathBuf,
    /// Whether work goes on in it.
    pub status: ProjectStatus,
    /// What it is.
    pub description: Option<String>,
    /// Whether it is the active one of its workspace (PR-10).
    pub is_active: bool,
    /// Opaque.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A change of a project; `None` leaves a field as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectPatch {
    /// New name.
    pub name: Option<String>,
    /// New status.
    pub status: Option<ProjectStatus>,
    /// New description, or none.
    pub description: Option<Option<String>>,
    /// Metadata patch: shallow merge, `None` inside clears.
    pub metadata: Option<Option<Map<String, Value>>>,
}
