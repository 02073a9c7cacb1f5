//! Edits of what people edit: `<thing>.created`, `.updated`, `.deleted` (spec 5.5), one event in
//! the same transaction as the edit, in the topic stream of the workspace or the deployment.

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// What was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A workspace.
    Workspace,
    /// A folder.
    Folder,
    /// A conversation.
    Conversation,
    /// A preset.
    Preset,
    /// A provider.
    Provider,
    /// A model.
    Model,
    /// A project.
    Project,
    /// A grant.
    Grant,
    /// A setting.
    Setting,
}

impl Thing {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Folder => "folder",
            Self::Conversation => "conversation",
            Self::Preset => "preset",
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Project => "project",
            Self::Grant => "grant",
            Self::Setting => "setting",
        }
    }
}

/// What was done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Created,
    /// Some fields changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditEvent {
    /// What was edited; part of the event type, not of the payload.
    #[serde(skip, default = "thing_default")]
    pub thing: Thing,
    /// What was done; part of the event type, not of the payload.
    #[serde(skip, default = "change_default")]
    pub change: Change,
    /// Id or slug of the row.
    pub id: String,
    /// The fields that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Who did it.
    pub by: Option<UserId>,
}

const fn thing_default() -> Thing {
    Thing::Setting
}

const fn change_default() -> Change {
    Change::Updated
}

impl EditEvent {
    /// The event type: `conversation.updated`.
    #[must_use]
    pub fn event_type(&self) -> String {
        let change = match self.change {
            Change::Created => "created",
            Change::Updated => "updated",
            Change::Deleted => "deleted",
        };
        format!("{}.{change}", self.thing.as_str())
    }
}
