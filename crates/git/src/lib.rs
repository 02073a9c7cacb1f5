//! The guarded git command: reads repositories whose content and configuration may be hostile.
//!
//! A repository is data from outside. Nothing in it may run a program here: hooks, file system
//! monitors, text converters, external differs, filters, pagers, credential helpers and aliases
//! are off, whatever its configuration says; no protocol is open, so nothing is fetched; and its
//! git directory must lie where the caller allows, so that it cannot show another repository.

mod command;
mod diff;
mod discover;
mod error;
mod layout;
mod log;
mod moment;
mod pinned;
mod repository;
mod revision;
mod status;

pub use command::{Config, Git, Group};
pub use diff::{Diff, DiffQuery, DiffedFile};
pub use discover::discover;
pub use error::GitError;
pub use log::{Commit, Log, LogQuery};
pub use moment::Moment;
pub use repository::Repository;
pub use revision::Revision;
pub use status::{Status, StatusFile};
