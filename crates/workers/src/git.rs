//! git-worker.
