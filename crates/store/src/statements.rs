//! A counter of executed SQL statements, so that "no statement per token" can be shown.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Counts every statement of one store; clones share the count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statements(Arc<AtomicU64>);

impl Statements {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
