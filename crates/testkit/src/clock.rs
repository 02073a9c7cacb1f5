//! A clock that stands until it is moved, and ids that are the same in every run of a test.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use uuid::Uuid;
use weald_domain::{
    id::uuid_v7,
    ports::clock::{Clock, Ids},
    time::UnixMillis,
};

/// Where a [`FakeClock`] stands at first: 2026-01-05T09:00:00Z, a Monday.
pub const TEST_START: UnixMillis = UnixMillis(1_767_603_600_000);

/// A settable wall clock; clones share the time.
#[derive(Debug, Clone)]
pub struct FakeClock(Arc<AtomicI64>);

impl FakeClock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn at(at: UnixMillis) -> Self {
        Self(Arc::new(AtomicI64::new(at.0)))
    }

    /// Sets the time, also backwards.
    pub fn set(&self, at: UnixMillis) {
        self.0.store(at.0, Ordering::SeqCst);
    }

    /// Moves the time forward and says what it is now.
    pub fn advance_ms(&self, millis: i64) -> UnixMillis {
        UnixMillis(self.0.fetch_add(millis, Ordering::SeqCst)).plus_millis(millis)
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::at(TEST_START)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that follow from a seed and the number of draws: unique in one source, the same in every
/// run. Sources of different seeds never make the same id.
#[derive(Debug)]
pub struct TestIds {
    seed: u32,
    drawn: AtomicU64,
}

impl TestIds {
    /// A source of its own.
    #[must_use]
    pub const fn seeded(seed: u32) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
        }
    }

    fn draw(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::SeqCst)
    }
}

impl Default for TestIds {
    fn default() -> Self {
        Self::seeded(1)
    }
}

impl Ids for TestIds {
    /// The counter stands before the seed, in bytes that version and variant leave alone, so that
    /// ids of one time sort as they were drawn.
    fn uuid(&self, at: UnixMillis) -> Uuid {
        let mut random = [0; 10];
        let [.., c2, c1, c0] = self.draw().to_be_bytes();
        for (place, byte) in random.iter_mut().skip(3).zip([c2, c1, c0]) {
            *place = byte;
        }
        for (place, byte) in random.iter_mut().skip(6).zip(self.seed.to_be_bytes()) {
            *place = byte;
        }
        uuid_v7(at, &random)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let value = scramble((u64::from(self.seed) << 40) ^ self.draw());
            for (place, byte) in chunk.iter_mut().zip(value.to_le_bytes()) {
                *place = byte;
            }
        }
    }
}

/// Spreads a counter over 64 bits (the finalizer of `SplitMix64`).
const fn scramble(value: u64) -> u64 {
    let a = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let b = (a ^ (a >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let c = (b ^ (b >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    c ^ (c >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_until_it_is_moved() {
        let clock = FakeClock::default();
        let other = clock.clone();
        assert_eq!(clock.now().to_string(), "2026-01-05T09:00:00.000Z");
        assert_eq!(other.advance_ms(1_500), clock.now());
        clock.set(UnixMillis(0));
        assert_eq!(other.now(), UnixMillis(0));
    }

    #[test]
    fn ids_of_one_time_sort_as_they_were_drawn_and_never_repeat() {
        let ids = TestIds::default();
        let drawn: Vec<Uuid> = (0..70_000).map(|_| ids.uuid(TEST_START)).collect();
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(drawn[0] < ids.uuid(TEST_START.plus_millis(1)));
        assert_eq!(drawn[0], TestIds::default().uuid(TEST_START));
        assert_ne!(drawn[0], TestIds::seeded(2).uuid(TEST_START));
    }

    #[test]
    fn random_bytes_differ_from_draw_to_draw_and_repeat_from_run_to_run() {
        let (ids, again) = (TestIds::default(), TestIds::default());
        let (mut a, mut b, mut c) = ([0; 20], [0; 20], [0; 20]);
        ids.fill(&mut a);
        ids.fill(&mut b);
        again.fill(&mut c);
        assert_ne!(a, b);
        assert_eq!(a, c);
    }
}
