//! The real clock and the real source of ids and randomness.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use rand::{RngCore, TryRngCore, rngs::OsRng};
use uuid::Uuid;
use weald_domain::{
    id::uuid_v7,
    ports::{Clock, Ids},
    time::UnixMillis,
};

/// The wall clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port")]
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Ids and random bytes from the operating system.
///
/// Behind the time an id carries 42 bits that only grow while the process lives, then 32 random
/// ones: of two ids with the same time the later one is always the greater.
#[derive(Debug)]
pub(crate) struct SystemIds {
    counter: AtomicU64,
}

/// Bits of the counter's random start; far from its 42 bits, so that it never wraps.
const START_BITS: u32 = 40;

impl SystemIds {
    /// A source with a random start.
    pub(crate) fn new() -> Self {
        let start = OsRng.unwrap_err().next_u64() >> (64 - START_BITS);
        Self {
            counter: AtomicU64::new(start),
        }
    }
}

impl Ids for SystemIds {
    fn uuid(&self, at: UnixMillis) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let [.., step] = random;
        let count = self
            .counter
            .fetch_add(u64::from(step) + 1, Ordering::Relaxed);
        // Version and variant replace the upper bits of the first and the third byte.
        let shifts = [38, 30, 24, 16, 8, 0];
        for (place, shift) in random.iter_mut().zip(shifts) {
            *place = (count >> shift) as u8;
        }
        uuid_v7(at, &random)
    }

    fn fill(&self, bytes: &mut [u8]) {
        OsRng.unwrap_err().fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_ids_with_the_same_time_the_later_is_the_greater() {
        let ids = SystemIds::new();
        let drawn: Vec<Uuid> = (0..200_000).map(|_| ids.uuid(UnixMillis(1_000))).collect();
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        let between = ids.uuid(UnixMillis(10));
        assert!(between < drawn[0]);
        assert!(drawn[199_999] < ids.uuid(UnixMillis(1_000)));
        assert!(drawn.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn two_sources_do_not_make_the_same_ids() {
        let (one, other) = (SystemIds::new(), SystemIds::new());
        let mut bytes = [[0; 32]; 2];
        one.fill(&mut bytes[0]);
        other.fill(&mut bytes[1]);
        assert_ne!(bytes[0], bytes[1]);
        assert_ne!(one.uuid(UnixMillis(5)), other.uuid(UnixMillis(5)));
    }

    #[test]
    fn the_clock_shows_this_century() {
        assert!(SystemClock.now() > UnixMillis::parse("2026-01-01T00:00:00Z").expect("a time"));
    }
}
