//! The built-in workers, as real processes.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod escape;
mod fs;
mod git;
mod readme;

use std::path::{Path, PathBuf};

use serde_json::Value;
use weald_worker_host::sdk::{Answered, Roots, Trial};

/// The example that is nothing but the built-in workers.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let target = test.parent().and_then(Path::parent).expect("target");
    let path = target.join("examples/worker");
    assert!(
        path.is_file(),
        "build the examples first: {path:?} is not there"
    );
    path
}

async fn worker(id: &str, root: &Path) -> Trial {
    let roots = Roots {
        roots: vec![root.into()],
        cwd: Some(root.into()),
        ..Roots::default()
    };
    Trial::start(program(), id, roots).await.expect("a worker")
}

async fn call(trial: &mut Trial, tool: &str, args: Value) -> Answered {
    trial.call(tool, args).await.expect("an answer")
}

/// A directory with a canonical path.
struct Folder {
    _kept: tempfile::TempDir,
    root: PathBuf,
    outside: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let kept = tempfile::tempdir().expect("folder");
        let outside = kept.path().canonicalize().expect("canonical");
        let root = outside.join("project");
        std::fs::create_dir(&root).expect("project");
        Self {
            _kept: kept,
            root,
            outside,
        }
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let file = self.root.join(path);
        std::fs::create_dir_all(file.parent().expect("parent")).expect("folders");
        std::fs::write(file, content).expect("file");
        self
    }

    fn path(&self, path: &str) -> String {
        self.root.join(path).to_str().expect("utf-8").to_owned()
    }
}
