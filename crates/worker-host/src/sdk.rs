//! What a worker in Rust is written with: a [`Toolbox`] served over MCP on the standard streams,
//! [`Directories`] that cannot be left, cancellation and size limits.
//!
//! ```no_run
//! use serde::Deserialize;
//! use weald_worker_host::sdk::{Call, Failure, Output, Toolbox, serve};
//!
//! #[derive(Deserialize)]
//! struct Length {
//!     path: String,
//! }
//!
//! fn length(call: &Call, args: Length) -> Result<Output, Failure> {
//!     let file = call.directories.open_file(args.path.as_ref())?;
//!     let bytes = file.metadata().map_err(|e| Failure::io("read", &args.path, &e))?.len();
//!     Ok(Output::new(format!("{bytes} bytes"), serde_json::json!({ "bytes": bytes })))
//! }
//!
//! # const MANIFEST: &str = "{}";
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     serve(Toolbox::new(MANIFEST)?.blocking("length", length))?;
//!     Ok(())
//! }
//! ```

mod beneath;
mod lifeline;
mod serve;
mod toolbox;
mod trial;

pub use crate::roots::Roots;
pub use beneath::{Directories, Entry, EntryKind};
pub use serve::{ServeError, serve};
pub use tokio_util::sync::CancellationToken;
pub use toolbox::{Call, Failure, Lifecycle, Output, Toolbox};
pub use trial::{Answered, Trial, TrialError};
pub use weald_domain::time::UnixMillis;
