//! Presets (in the UI: agents): model, settings, system prompt, toolsets, environment.

use serde::{Deserialize, Serialize};

use crate::{
    id::{UserId, WorkspaceId},
    model::ModelRef,
    slug::Slug,
    time::UnixMillis,
};

/// What happens to a session whose owner died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnCrash {
    /// It fails as `orphaned`; the text so far stays.
    #[default]
    Fail,
    /// It goes on.
    Resume,
}

/// The model of a preset and how it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresetModel {
    /// `provider/model`.
    pub name: ModelRef,
    /// Sampling temperature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Most tokens of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Tokens that fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
}

impl PresetModel {
    /// Another model in the place of this one, called the same way. What was entered as fitting
    /// this one, its window and its longest answer, says nothing of the other.
    #[must_use]
    pub fn replaced_by(self, name: ModelRef) -> Self {
        if name == self.name {
            return self;
        }
        Self {
            name,
            temperature: self.temperature,
            max_tokens: None,
            context_window: None,
        }
    }
}

/// A group of tools, named after its worker without `-worker`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolset {
    /// `fs`, `git`, …
    pub name: String,
    /// Whether its tools are offered.
    #[serde(default = "enabled")]
    pub enabled: bool,
    /// Tools of it that are not.
    #[serde(default)]
    pub exclude_tools: Vec<String>,
}

const fn enabled() -> bool {
    true
}

/// Model, settings, system prompt, toolsets and environment of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Slug, unique in the workspace.
    pub id: Slug,
    /// Where it belongs.
    pub workspace_id: WorkspaceId,
    /// Who made it.
    pub owner_id: UserId,
    /// For people.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The model.
    pub model: PresetModel,
    /// Template of the system prompt (minijinja).
    pub system_prompt: Option<String>,
    /// Toolsets it offers.
    pub toolsets: Vec<Toolset>,
    /// What happens to a session whose owner died.
    pub on_crash: OnCrash,
    /// Whether it is the default of its workspace: at most one.
    pub is_default: bool,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A change of a preset; `None` leaves a member as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PresetPatch {
    /// New name.
    pub name: Option<String>,
    /// New description, or none.
    pub description: Option<Option<String>>,
    /// New model.
    pub model: Option<PresetModel>,
    /// New system prompt, or none.
    pub system_prompt: Option<Option<String>>,
    /// New toolsets, all of them.
    pub toolsets: Option<Vec<Toolset>>,
    /// New policy.
    pub on_crash: Option<OnCrash>,
    /// Whether it is the default of its workspace.
    pub is_default: Option<bool>,
}

impl Preset {
    /// The preset with a patch laid over it.
    #[must_use]
    pub fn patched(self, patch: PresetPatch, at: UnixMillis) -> Self {
        let PresetPatch {
            name,
            description,
            model,
            system_prompt,
            toolsets,
            on_crash,
            is_default,
        } = patch;
        Self {
            name: name.unwrap_or(self.name),
            description: description.unwrap_or(self.description),
            model: model.unwrap_or(self.model),
            system_prompt: system_prompt.unwrap_or(self.system_prompt),
            toolsets: toolsets.unwrap_or(self.toolsets),
            on_crash: on_crash.unwrap_or(self.on_crash),
            is_default: is_default.unwrap_or(self.is_default),
            updated_at: self.updated_at.max(at),
            ..self
        }
    }
}

/// A per-request override of a preset (NB-26): any subset, the override wins.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigOverride {
    /// Another model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<PresetModel>,
    /// Another system prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// Other toolsets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toolsets: Option<Vec<Toolset>>,
    /// Another policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_crash: Option<OnCrash>,
}

/// What a session runs with: a preset's choices with the overrides laid over them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentConfig {
    /// The model.
    pub model: PresetModel,
    /// Template of the system prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// Toolsets it offers.
    pub toolsets: Vec<Toolset>,
    /// What happens when its owner dies.
    pub on_crash: OnCrash,
}

impl AgentConfig {
    /// The choices of a preset with overrides laid over them.
    #[must_use]
    pub fn of(preset: &Preset, over: ConfigOverride) -> Self {
        let ConfigOverride {
            model,
            system_prompt,
            toolsets,
            on_crash,
        } = over;
        Self {
            model: model.unwrap_or_else(|| preset.model.clone()),
            system_prompt: system_prompt.or_else(|| preset.system_prompt.clone()),
            toolsets: toolsets.unwrap_or_else(|| preset.toolsets.clone()),
            on_crash: on_crash.unwrap_or(preset.on_crash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_model_does_not_take_over_what_fits_the_first_one() {
        let large = PresetModel {
            name: "p/large".parse().unwrap(),
            temperature: Some(0.5),
            max_tokens: Some(64_000),
            context_window: Some(1_000_000),
        };
        let same = large.clone().replaced_by("p/large".parse().unwrap());
        assert_eq!(same, large);
        let small = PresetModel {
            name: "ollama/small".parse().unwrap(),
            temperature: Some(0.5),
            max_tokens: None,
            context_window: None,
        };
        assert_eq!(large.replaced_by("ollama/small".parse().unwrap()), small);
    }
}
