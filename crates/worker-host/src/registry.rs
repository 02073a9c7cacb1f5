//! The workers this deployment knows, by id and by tool.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use jsonschema::Validator;
use semver::Version;
use thiserror::Error;

use crate::manifest::{Entrypoint, Manifest, ToolEntry};

/// A set of manifests cannot be used.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// The text is no manifest.
    #[error("the manifest of `{id}` cannot be read: {reason}")]
    Unreadable {
        /// The worker, or the position in the list when the id is not known.
        id: String,
        /// Why.
        reason: String,
    },
    /// The worker does not fit this program (WK-003).
    #[error("worker `{id}` {worker} needs Weald {needs}, this is {have}")]
    Incompatible {
        /// The worker.
        id: String,
        /// Its version.
        worker: String,
        /// What it needs.
        needs: String,
        /// What is there.
        have: String,
    },
    /// The worker brings a program of its own, which runs only in a box.
    #[error("worker `{0}` brings a program of its own, which this release does not run")]
    Unconfined(String),
    /// Two workers have the same id, or two tools the same name.
    #[error("`{0}` is there twice")]
    Twice(String),
}

/// A tool with the worker that offers it and its compiled schema.
#[derive(Debug)]
pub(crate) struct KnownTool {
    pub(crate) manifest: Arc<Manifest>,
    index: usize,
    validator: OnceLock<Option<Validator>>,
}

impl KnownTool {
    pub(crate) fn entry(&self) -> &ToolEntry {
        &self.manifest.tools[self.index]
    }

    /// Compiled at the first call, so that a start costs nothing. `None` for a schema that no
    /// validation would have let in.
    pub(crate) fn validator(&self) -> Option<&Validator> {
        self.validator
            .get_or_init(|| jsonschema::draft202012::new(&self.entry().input_schema).ok())
            .as_ref()
    }
}

/// The known workers, in the order in which they were given.
#[derive(Debug, Default)]
pub struct Registry {
    manifests: Vec<Arc<Manifest>>,
    tools: BTreeMap<String, KnownTool>,
}

impl Registry {
    /// Reads the manifests that are part of the program. Their shape is checked by their tests
    /// (`weald worker validate` and [`crate::validate`] check any other).
    ///
    /// # Errors
    /// A text that is no manifest, a worker that does not fit this version, a name that is taken.
    pub fn builtin(texts: &[&str], version: &Version) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for (position, text) in texts.iter().enumerate() {
            let manifest: Manifest =
                serde_json::from_str(text).map_err(|error| RegistryError::Unreadable {
                    id: format!("#{position}"),
                    reason: error.to_string(),
                })?;
            registry.add(manifest, version)?;
        }
        Ok(registry)
    }

    /// Adds a worker.
    ///
    /// # Errors
    /// A worker that does not fit this version, or brings a program of its own; a name that is
    /// taken.
    pub fn add(&mut self, manifest: Manifest, version: &Version) -> Result<(), RegistryError> {
        if !manifest.engines.weald.matches(version) {
            return Err(RegistryError::Incompatible {
                needs: manifest.engines.weald.to_string(),
                id: manifest.id,
                worker: manifest.version.to_string(),
                have: version.to_string(),
            });
        }
        if manifest.entrypoint != (Entrypoint::Builtin {}) {
            return Err(RegistryError::Unconfined(manifest.id));
        }
        if self.worker(&manifest.id).is_some() {
            return Err(RegistryError::Twice(manifest.id));
        }
        if let Some(tool) = manifest
            .tools
            .iter()
            .find(|t| self.tools.contains_key(&t.name))
        {
            return Err(RegistryError::Twice(tool.name.clone()));
        }
        let manifest = Arc::new(manifest);
        for (index, tool) in manifest.tools.iter().enumerate() {
            let known = KnownTool {
                manifest: Arc::clone(&manifest),
                index,
                validator: OnceLock::new(),
            };
            self.tools.insert(tool.name.clone(), known);
        }
        self.manifests.push(manifest);
        Ok(())
    }

    /// All workers.
    #[must_use]
    pub fn manifests(&self) -> &[Arc<Manifest>] {
        &self.manifests
    }

    /// One worker.
    #[must_use]
    pub fn worker(&self, id: &str) -> Option<&Arc<Manifest>> {
        self.manifests.iter().find(|manifest| manifest.id == id)
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&KnownTool> {
        self.tools.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(id: &str, tool: &str, weald: &str) -> String {
        serde_json::json!({
            "manifest_version": 1, "id": id, "version": "1.0.0", "name": "T",
            "description": "T.", "kind": "worker", "capabilities": ["tools"], "permissions": [],
            "entrypoint": {"strategy": "builtin"}, "engines": {"weald": weald},
            "tools": [{"name": tool, "description": "T.", "input_schema": {"type": "object"}}]
        })
        .to_string()
    }

    #[test]
    fn a_worker_for_another_version_is_refused_by_name() {
        let text = manifest("old-worker", "old", ">=9");
        let error = Registry::builtin(&[&text], &Version::new(0, 1, 0)).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "worker `old-worker` 1.0.0 needs Weald >=9, this is 0.1.0"
        );
    }

    #[test]
    fn a_worker_with_a_program_of_its_own_is_not_run_without_a_box() {
        let mut document: serde_json::Value =
            serde_json::from_str(&manifest("own-worker", "own", "*")).expect("JSON");
        document["entrypoint"] = serde_json::json!({ "strategy": "process", "command": ["./run"] });
        assert!(
            crate::validate(&document.to_string()).is_ok(),
            "the manifest itself is good"
        );
        let text = document.to_string();
        let error = Registry::builtin(&[&text], &Version::new(0, 1, 0)).expect_err("refused");
        assert!(matches!(error, RegistryError::Unconfined(id) if id == "own-worker"));
    }

    #[test]
    fn two_tools_of_one_name_are_refused() {
        let (a, b) = (manifest("a", "same", "*"), manifest("b", "same", "*"));
        let error = Registry::builtin(&[&a, &b], &Version::new(0, 1, 0)).expect_err("refused");
        assert!(matches!(error, RegistryError::Twice(name) if name == "same"));
    }
}
