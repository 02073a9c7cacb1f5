//! Manifests, worker processes, permission broker and the worker SDK.
//!
//! The host half ([`WorkerHost`]) runs in the server: it knows the manifests, decides every call
//! and owns the worker processes. The worker half ([`sdk`]) is what a worker in Rust is written
//! with; it runs in the worker's own process and keeps to its roots by itself, so that a path that
//! changes between the broker's check and its use still cannot lead outside.

pub mod config;
pub mod manifest;
pub mod registry;
pub mod roots;
pub mod sdk;

mod answer;
mod broker;
mod host;
mod pool;
mod process;
mod restarts;

pub use config::{Config, WorkerCommand};
pub use host::{WorkerHost, WorkerStatus};
pub use manifest::{Manifest, Problem, validate};
pub use registry::{Registry, RegistryError};
