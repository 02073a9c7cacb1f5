//! Presets (NB-08), in the UI "Agents".

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use weald_domain::{
    id::{UserId, WorkspaceId},
    preset::{OnCrash, PresetModel, Toolset},
    slug::Slug,
    time::UnixMillis,
};

use crate::{page::present, schema};

wire! {
    /// Model, settings, system prompt, toolsets and environment of an agent.
    Preset of weald_domain::preset::Preset {
        /// Slug, unique in the workspace.
        #[schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$")]
        id: Slug,
        /// Where it belongs.
        #[schema(value_type = Uuid)]
        workspace_id: WorkspaceId,
        /// Who made it.
        #[schema(value_type = Uuid)]
        owner_id: UserId,
        /// For people.
        name: String,
        /// What it is for.
        description: Option<String>,
        /// The model.
        #[schema(value_type = schema::PresetModel)]
        model: PresetModel,
        /// Template of the system prompt.
        system_prompt: Option<String>,
        /// Toolsets it offers.
        #[schema(value_type = Vec<schema::Toolset>)]
        toolsets: Vec<Toolset>,
        /// What happens to a session whose owner died.
        #[schema(value_type = schema::OnCrash)]
        on_crash: OnCrash,
        /// Whether it is the default of its workspace: at most one.
        is_default: bool,
        /// When it was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When it last changed.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

/// A new preset.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PresetCreateRequest {
    /// Slug; made from `name` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    pub id: Option<Slug>,
    /// For people.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The model.
    #[schema(value_type = schema::PresetModel)]
    pub model: PresetModel,
    /// Template of the system prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// Toolsets it offers.
    #[serde(default)]
    #[schema(value_type = Vec<schema::Toolset>, required = false)]
    pub toolsets: Vec<Toolset>,
    /// What happens to a session whose owner died; `fail` by default.
    #[serde(default)]
    #[schema(value_type = schema::OnCrash, required = false)]
    pub on_crash: OnCrash,
    /// Whether it becomes the default of its workspace.
    #[serde(default)]
    #[schema(required = false)]
    pub is_default: bool,
}

/// A change of a preset; an absent member stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PresetUpdateRequest {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    pub name: Option<String>,
    /// New description; null removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// New model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::PresetModel>)]
    pub model: Option<PresetModel>,
    /// New system prompt; null removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub system_prompt: Option<Option<String>>,
    /// New toolsets, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<schema::Toolset>>)]
    pub toolsets: Option<Vec<Toolset>>,
    /// New policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::OnCrash>)]
    pub on_crash: Option<OnCrash>,
    /// Whether it is the default of its workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
}

/// The workspace of a slug.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorkspaceQuery {
    /// The workspace; the user's first by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
}

/// A page of what belongs to one workspace.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorkspacePageQuery {
    /// The workspace; the user's first by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    /// `next` of the page before; without it the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items: 50 by default, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}
