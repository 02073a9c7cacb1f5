//! Scripted model server, contract suites for ports, fake clock, temporary git repositories.

pub mod clock;
pub mod contract;
pub mod history;
pub mod model_server;
pub mod postgres;
pub mod repository;
