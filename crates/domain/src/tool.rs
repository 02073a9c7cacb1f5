//! Tools as a model and the engine see them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::permission::Permission;

/// What a crash does to a call (design/orchestration section 5). No class declared = `Once`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectClass {
    /// Changes nothing: run again.
    Pure,
    /// Safe to repeat with the same key.
    Idempotent,
    /// The worker can find out whether it happened.
    Probe,
    /// Never run again silently.
    #[default]
    Once,
}

/// A tool offered to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    /// Name, `[a-z0-9_]{1,64}`.
    pub name: String,
    /// The worker that offers it.
    pub worker: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema 2020-12 of the arguments.
    pub input_schema: Value,
    /// What a crash does to a call.
    pub effect: EffectClass,
    /// What a call needs.
    pub permissions: Vec<Permission>,
    /// Words that lead the built-in planner to it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Calls that make sense, for the built-in planner.
    #[serde(default)]
    pub examples: Vec<ToolExample>,
}

/// A call that makes sense, and the request that asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolExample {
    /// What a person would say.
    pub description: String,
    /// The arguments of the call.
    pub args: Value,
}

/// A piece of what a tool answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToolContent {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// A JSON document.
    Json {
        /// The document.
        value: Value,
    },
}

impl ToolContent {
    /// The content as one text.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Json { value } => value.to_string(),
        }
    }
}
