//! When the text so far goes to SQL (MY-54): every 5 s if at least 1 KiB is new, never later than
//! 60 s, even for a trickle. On a monotonic timer.

use tokio::time::Instant;

use crate::EngineConfig;

/// Decides when a checkpoint is due.
#[derive(Debug)]
pub(super) struct Checkpoints {
    config: EngineConfig,
    last: Instant,
    new_bytes: usize,
}

impl Checkpoints {
    pub(super) fn new(config: EngineConfig, now: Instant) -> Self {
        Self {
            config,
            last: now,
            new_bytes: 0,
        }
    }

    /// Notes new text.
    pub(super) fn grew(&mut self, bytes: usize) {
        self.new_bytes += bytes;
    }

    /// Notes that all text is in SQL.
    pub(super) fn saved(&mut self, now: Instant) {
        self.last = now;
        self.new_bytes = 0;
    }

    /// When the next checkpoint is due; none while nothing is new.
    pub(super) fn due(&self) -> Option<Instant> {
        match self.new_bytes {
            0 => None,
            new if new >= self.config.checkpoint_bytes => {
                Some(self.last + self.config.checkpoint_every)
            }
            _ => Some(self.last + self.config.checkpoint_max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn much_text_is_saved_in_seconds_and_a_trickle_within_a_minute() {
        let now = Instant::now();
        let mut checkpoints = Checkpoints::new(EngineConfig::default(), now);
        assert_eq!(checkpoints.due(), None);
        checkpoints.grew(1);
        assert_eq!(checkpoints.due(), Some(now + Duration::from_secs(60)));
        checkpoints.grew(1023);
        assert_eq!(checkpoints.due(), Some(now + Duration::from_secs(5)));
        checkpoints.saved(now + Duration::from_secs(5));
        assert_eq!(checkpoints.due(), None);
    }
}
