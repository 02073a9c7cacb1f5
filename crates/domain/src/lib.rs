//! Facts, ids, events, state machines, pure rules and ports of Weald.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, ids and randomness
//! come in through [`ports::Clock`] and [`ports::Ids`].

pub mod access;
pub mod approval;
pub mod asset;
pub mod audit;
pub mod conversation;
pub mod cursor;
pub mod event;
pub mod id;
pub mod limits;
pub mod message;
pub mod metadata;
pub mod model;
pub mod network;
pub mod permission;
pub mod plain;
pub mod ports;
pub mod preset;
pub mod project;
pub mod provider;
pub mod secret;
pub mod session;
pub mod slug;
pub mod time;
pub mod tool;
pub mod turn_state;
pub mod workspace;

/// A foreign error, boxed at the adapter it came from.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;
