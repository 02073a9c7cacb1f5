//! Manifest v1: what a worker is, what it offers and what it needs (WK-001).

mod validate;

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use weald_domain::{
    permission::Permission,
    tool::{EffectClass, ToolExample, ToolSpec},
};

pub use validate::{Problem, validate};

/// What kind of extension a manifest describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Offers tools from a process of its own.
    Worker,
}

/// What an extension can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// It offers tools over MCP.
    Tools,
}

/// How the process of a worker is started (WK-007).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "strategy", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entrypoint {
    /// This program itself, as `worker run <id>`.
    Builtin {},
    /// A command of the worker. Valid, but not run before there is a box for it.
    Process {
        /// Program and arguments.
        command: Vec<String>,
    },
}

/// An argument of a tool that names a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathArgument {
    /// The argument.
    pub name: String,
    /// The path that is meant when the argument is left out, relative to the first project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// An example of a call, for people and planners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What the call is for.
    pub description: String,
    /// Its arguments.
    pub args: Value,
}

/// What a call is estimated to cost (WK-020).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Costs {
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u64>,
    /// US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
    /// Tokens of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
}

/// A tool as its manifest declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolEntry {
    /// Name, `[a-z0-9_]{1,64}`, unique among all workers.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema 2020-12 of the arguments.
    pub input_schema: Value,
    /// JSON Schema 2020-12 of the JSON it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// What a crash does to a call; `once` when not declared.
    #[serde(default)]
    pub effect: EffectClass,
    /// What a call needs.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// Which arguments are paths.
    #[serde(default)]
    pub path_arguments: Vec<PathArgument>,
    /// Words that lead the built-in planner to it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Calls that make sense.
    #[serde(default)]
    pub examples: Vec<Example>,
    /// Estimated costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
}

/// Which programs a worker fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engines {
    /// Versions of Weald.
    pub weald: VersionReq,
}

/// A manifest, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format: 1.
    pub manifest_version: u32,
    /// Id, such as `git-worker`.
    pub id: String,
    /// Version of the worker.
    pub version: Version,
    /// For people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What kind of extension.
    pub kind: Kind,
    /// What it can do.
    pub capabilities: Vec<Capability>,
    /// Everything that any of its tools may need.
    pub permissions: Vec<Permission>,
    /// How it is started.
    pub entrypoint: Entrypoint,
    /// Its tools.
    pub tools: Vec<ToolEntry>,
    /// JSON Schema 2020-12 of its settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_schema: Option<Value>,
    /// Which programs it fits.
    pub engines: Engines,
}

impl Manifest {
    /// The name of its toolset: the id without `-worker`.
    #[must_use]
    pub fn toolset(&self) -> &str {
        self.id.strip_suffix("-worker").unwrap_or(&self.id)
    }

    /// One of its tools.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&ToolEntry> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

impl Example {
    fn offered(&self) -> ToolExample {
        ToolExample {
            description: self.description.clone(),
            args: self.args.clone(),
        }
    }
}

impl ToolEntry {
    /// Whether a call makes sense only inside a project.
    #[must_use]
    pub fn needs_project(&self) -> bool {
        !self.path_arguments.is_empty()
    }

    /// The tool as a model and the engine see it.
    #[must_use]
    pub fn spec(&self, worker: &str) -> ToolSpec {
        ToolSpec {
            name: self.name.clone(),
            worker: worker.to_owned(),
            description: self.description.clone(),
            input_schema: self.input_schema.clone(),
            effect: self.effect,
            permissions: self.permissions.clone(),
            keywords: self.keywords.clone(),
            examples: self.examples.iter().map(Example::offered).collect(),
        }
    }
}
