//! The store on real SQLite and real files: the contract of its ports, and what is its own.

#![expect(clippy::expect_used, reason = "these are tests")]

mod fresh;

use fresh::fresh;

weald_testkit::store_contract!(crate::fresh);
