//! The clock and the ids that the store is opened with.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rand::RngCore as _;
use uuid::Uuid;
use weald_domain::id::uuid_v7;
use weald_domain::ports::{Clock, Ids};
use weald_domain::time::UnixMillis;

/// The wall clock of the machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port")]
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Ids that never repeat: a counter behind the time.
#[derive(Debug)]
pub(super) struct SystemIds(AtomicU64);

impl SystemIds {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Ids for SystemIds {
    fn uuid(&self, at: UnixMillis) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        // Version and variant replace the upper bits of the first and the third byte.
        random[3..7].copy_from_slice(&count[4..]);
        uuid_v7(at, &random)
    }

    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
