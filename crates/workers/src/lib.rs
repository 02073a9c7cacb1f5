//! The built-in workers, one folder each.
