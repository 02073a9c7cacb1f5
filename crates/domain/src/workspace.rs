//! Workspaces: what people switch between and share.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    id::{UserId, WorkspaceId},
    slug::Slug,
    time::UnixMillis,
};

/// A project of a workspace, in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceProject {
    /// The project.
    pub id: Slug,
    /// What it is for, here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What people switch between and share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Id of the row.
    pub id: WorkspaceId,
    /// Public name.
    pub slug: Slug,
    /// Who made it.
    pub owner_id: UserId,
    /// For people, 1–64 characters.
    pub name: String,
    /// Any CSS colour.
    pub color: Option<String>,
    /// Ordered projects, the first is the default.
    pub projects: Vec<WorkspaceProject>,
    /// Preset of new conversations; the default preset when none.
    pub default_preset_id: Option<Slug>,
    /// Opaque.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A change of a workspace; `None` leaves a field as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkspacePatch {
    /// New name.
    pub name: Option<String>,
    /// New colour, or none.
    pub color: Option<Option<String>>,
    /// New ordered projects.
    pub projects: Option<Vec<WorkspaceProject>>,
    /// New default preset, or none.
    pub default_preset_id: Option<Option<Slug>>,
    /// Metadata patch: shallow merge, `None` inside clears.
    pub metadata: Option<Option<Map<String, Value>>>,
}
