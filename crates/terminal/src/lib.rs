//! Command output and terminal prompts.
