//! Use cases of agents: sessions, turns, approvals, recovery.
