//! Whole-product tests: the real binary, real SQLite, real git, real processes, real HTTP.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "clippy.toml allows them in tests and does not see that helpers of tests are tests"
)]

mod app;
mod approvals;
mod audit;
mod canary;
mod cli;
mod command;
mod config;
mod db;
mod db_places;
mod double_start;
mod export;
mod http;
mod kill;
mod planner;
mod postgres;
mod resume;
mod run;
mod run_provider;
mod up;
mod wires;
