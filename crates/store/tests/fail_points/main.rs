//! The store with a fail point in its way. A process of its own: fail points are global, and no
//! other test may meet them.

#![expect(clippy::expect_used, reason = "these are tests")]

mod cases;
#[path = "../it/fresh.rs"]
#[expect(dead_code, reason = "the other tests of the store use the rest")]
mod fresh;
