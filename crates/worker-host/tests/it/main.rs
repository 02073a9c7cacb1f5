//! The host with real worker processes.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod broker;
mod harness;
mod lifeline;
mod misbehaviour;
mod reuse;
