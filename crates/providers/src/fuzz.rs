//! Hostile bytes for everything here that reads what others wrote.
//!
//! Each target is a test of its own. How long all of them together take is `WEALD_FUZZ_SECONDS`
//! (two at a time, as on a machine of two cores); `WEALD_SEED` makes other inputs. What was found
//! once lies in the folder `corpus` beside these files and is played first every time.

mod corpus;
mod harness;
mod mutate;
mod planted;
mod targets;
