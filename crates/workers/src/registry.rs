//! Which workers there are: one line each.

use thiserror::Error;
use weald_worker_host::sdk::{ServeError, Toolbox, serve};

/// A built-in worker: id, manifest, tools.
type Entry = (
    &'static str,
    &'static str,
    fn() -> Result<Toolbox, serde_json::Error>,
);

#[rustfmt::skip]
const WORKERS: &[Entry] = &[
    ("fs-worker", crate::fs::MANIFEST, crate::fs::toolbox),
    ("git-worker", crate::git::MANIFEST, crate::git::toolbox),
];

/// A built-in worker did not run.
#[derive(Debug, Error)]
pub enum RunError {
    /// There is none of that id.
    #[error("there is no built-in worker `{0}`")]
    Unknown(String),
    /// Its own manifest is broken.
    #[error("the manifest of `{0}` is broken")]
    Manifest(&'static str, #[source] serde_json::Error),
    /// It could not be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// The manifests of all built-in workers, as JSON.
#[must_use]
pub fn manifests() -> Vec<&'static str> {
    WORKERS.iter().map(|(_, manifest, _)| *manifest).collect()
}

/// Runs a built-in worker in this process until the host is done with it. Must not be called
/// inside an async runtime.
///
/// # Errors
/// An unknown id, or a worker that could not be served.
pub fn run(id: &str) -> Result<(), RunError> {
    let (id, _, toolbox) = WORKERS
        .iter()
        .find(|(known, _, _)| *known == id)
        .ok_or_else(|| RunError::Unknown(id.chars().take(64).collect()))?;
    Ok(serve(
        toolbox().map_err(|error| RunError::Manifest(id, error))?,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_is_valid_and_has_all_its_tools() {
        for (id, text, toolbox) in WORKERS {
            let manifest = weald_worker_host::validate(text)
                .unwrap_or_else(|problems| panic!("{id}: {problems:#?}"));
            assert_eq!(manifest.id, *id);
            let declared: Vec<&str> = manifest
                .tools
                .iter()
                .map(|tool| tool.name.as_str())
                .collect();
            assert_eq!(toolbox().expect("toolbox").tools(), declared, "{id}");
        }
    }
}
