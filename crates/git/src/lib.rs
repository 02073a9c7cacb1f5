//! The guarded git command.

mod discover;

pub use discover::discover;
