//! Bounded restarts: after failures in a row a worker pauses, then it is disabled (WK-010).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use weald_domain::id::UserId;

/// What the record of a worker says about its next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may start.
    Ready,
    /// It may start then.
    Pausing(Instant),
    /// It failed too often.
    Disabled,
}

#[derive(Debug, Clone, Copy)]
struct Record {
    failures: u32,
    not_before: Instant,
}

/// Failures in a row, by worker and owner: what one owner's files do to a worker does not take it
/// from the others.
pub(crate) struct Restarts {
    limit: u32,
    pause: Duration,
    records: Mutex<HashMap<(String, UserId), Record>>,
}

impl Restarts {
    pub(crate) fn new(limit: u32, pause: Duration) -> Self {
        Self {
            limit,
            pause,
            records: Mutex::default(),
        }
    }

    pub(crate) fn standing(&self, worker: &str, owner: UserId) -> Standing {
        match self.records().get(&(worker.to_owned(), owner)) {
            None => Standing::Ready,
            Some(record) if record.failures >= self.limit => Standing::Disabled,
            Some(record) if record.not_before > Instant::now() => {
                Standing::Pausing(record.not_before)
            }
            Some(_) => Standing::Ready,
        }
    }

    /// A process failed; the pause doubles with each failure.
    pub(crate) fn failed(&self, worker: &str, owner: UserId) {
        let now = Instant::now();
        let mut records = self.records();
        let record = records.entry((worker.to_owned(), owner)).or_insert(Record {
            failures: 0,
            not_before: now,
        });
        let pause = self.pause.saturating_mul(1 << record.failures.min(6));
        record.failures += 1;
        record.not_before = now + pause;
        tracing::warn!(worker, failures = record.failures, "worker {worker} failed");
    }

    /// A call came to its end, or a person enabled the worker again.
    pub(crate) fn recovered(&self, worker: &str, owner: UserId) {
        self.records().remove(&(worker.to_owned(), owner));
    }

    /// Forgets the failures of a worker, whoever's they are.
    pub(crate) fn enable(&self, worker: &str) {
        self.records().retain(|(id, _), _| id != worker);
    }

    /// The most failures in a row of a worker, whoever's they are.
    pub(crate) fn failures(&self, worker: &str) -> u32 {
        let of_worker = |((id, _), record): (&(String, UserId), &Record)| {
            (id == worker).then_some(record.failures)
        };
        self.records()
            .iter()
            .filter_map(of_worker)
            .max()
            .unwrap_or(0)
    }

    fn records(&self) -> MutexGuard<'_, HashMap<(String, UserId), Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn owner(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    #[tokio::test(start_paused = true)]
    async fn the_pause_doubles_and_the_last_failure_disables() {
        let restarts = Restarts::new(3, Duration::from_millis(100));
        for pause in [100, 200] {
            restarts.failed("w", owner(1));
            let until = Instant::now() + Duration::from_millis(pause);
            assert_eq!(restarts.standing("w", owner(1)), Standing::Pausing(until));
            tokio::time::advance(Duration::from_millis(pause)).await;
            assert_eq!(restarts.standing("w", owner(1)), Standing::Ready);
        }
        restarts.failed("w", owner(1));
        assert_eq!(restarts.standing("w", owner(1)), Standing::Disabled);
        assert_eq!(restarts.standing("w", owner(2)), Standing::Ready);
        restarts.enable("w");
        assert_eq!(restarts.standing("w", owner(1)), Standing::Ready);
    }
}
