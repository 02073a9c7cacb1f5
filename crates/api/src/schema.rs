//! Schemas of domain types that travel as they are. They are only described here, never built.

pub mod event;
pub mod names;
pub mod nested;
pub mod part;

pub use names::*;
pub use nested::*;
pub use part::Part;
