//! The built-in workers, one folder each. Each runs in a process of its own, started as
//! `weald worker run <id>`.

mod fs;
mod git;
mod registry;

pub use registry::{RunError, manifests, run};
