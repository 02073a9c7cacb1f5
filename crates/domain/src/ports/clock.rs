//! Time, ids and randomness, so that nothing else reads a clock or draws a number.

use uuid::Uuid;

use crate::time::UnixMillis;

/// The wall clock.
pub trait Clock: Send + Sync + 'static {
    /// Now, UTC.
    fn now(&self) -> UnixMillis;
}

/// Ids and random bytes.
pub trait Ids: Send + Sync + 'static {
    /// A fresh UUIDv7 whose time is `at`; two calls in one process never go backwards for the
    /// same or a later `at`.
    fn uuid(&self, at: UnixMillis) -> Uuid;

    /// Fills `bytes` from the operating system's random source.
    fn fill(&self, bytes: &mut [u8]);
}
