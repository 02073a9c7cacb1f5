//! The guarded git command.
