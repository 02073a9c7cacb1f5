//! The one binary of Weald.
fn main() {}
