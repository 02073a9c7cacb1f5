//! Command output and terminal prompts: what a person sees of Weald on a terminal.
//!
//! Results go to standard output, everything else (progress, tool lines, notices, questions) to
//! standard error. Text that comes from a model or a tool never reaches the terminal raw: see
//! [`clean`].

pub mod clean;
pub mod colour;
pub mod console;
pub mod prompt;
pub mod render;
pub mod table;

pub use colour::{ColourChoice, ColourLevel, Paint};
pub use console::Console;
pub use render::Renderer;
pub use table::Table;
