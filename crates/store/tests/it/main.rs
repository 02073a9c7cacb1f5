//! The store on real SQLite and real files: the contract of its ports, and what is its own.

#![expect(clippy::expect_used, reason = "these are tests")]

mod audit_chain;
mod canary;
mod claim;
mod copy;
mod crash;
mod follow_property;
mod fresh;
mod idle_readers;
mod leftovers;
mod open;
mod per_token;
mod postgres;
mod restore;
mod retention;
mod upkeep;
mod vault;

use fresh::fresh;

weald_testkit::store_contract!(crate::fresh);
