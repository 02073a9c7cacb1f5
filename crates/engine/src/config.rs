//! What can be set of the engine.

use std::time::Duration;

/// Settings of the engine (`stream.checkpoint_s`, `stream.checkpoint_max_s`).
#[derive(Debug, Clone, Copy)]
pub struct EngineConfig {
    /// How often the text so far goes to SQL when enough of it is new.
    pub checkpoint_every: Duration,
    /// After how long it goes there even when little is new.
    pub checkpoint_max: Duration,
    /// How much new text is enough, bytes.
    pub checkpoint_bytes: usize,
    /// How long a stop waits for sessions to be handed back.
    pub stop_timeout: Duration,
    /// How often leases are renewed and forgotten streams are looked for.
    pub tick: Duration,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            checkpoint_every: Duration::from_secs(5),
            checkpoint_max: Duration::from_secs(60),
            checkpoint_bytes: 1024,
            stop_timeout: Duration::from_secs(8),
            tick: Duration::from_secs(5),
        }
    }
}
