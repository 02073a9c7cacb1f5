//! Warm processes: lent to one call at a time, only under the key they were started with, and
//! ended after a while without a call.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use weald_domain::id::{UserId, WorkspaceId};

use crate::{
    process::{Launch, Process, ProcessError, Running},
    restarts::{Restarts, Standing},
    roots::Roots,
};

/// A process is used again only for calls with the same key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) worker: String,
    pub(crate) owner: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) roots: Roots,
}

/// How many and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) busy: usize,
    pub(crate) idle: usize,
    pub(crate) idle_time: Duration,
    pub(crate) grace: Duration,
}

/// No process could be lent.
#[derive(Debug)]
pub(crate) enum LendError {
    Disabled,
    Stopping,
    Process(ProcessError),
}

struct Idle {
    key: Key,
    since: Instant,
    process: Process,
}

#[derive(Default)]
struct Shelf {
    idle: Vec<Idle>,
    reaper: bool,
    owners: HashMap<UserId, Arc<Semaphore>>,
}

/// All processes of a host.
pub(crate) struct Pool {
    shelf: Mutex<Shelf>,
    bounds: Bounds,
    pub(crate) restarts: Restarts,
    tracker: TaskTracker,
    stop: CancellationToken,
    started: AtomicU64,
    running: Running,
}

/// A process lent to one call. Dropping it without [`Loan::give_back`] ends the process: a call
/// that was dropped may still be at work in it.
pub(crate) struct Loan {
    pool: Arc<Pool>,
    key: Key,
    process: Option<Process>,
    warm: bool,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(
        bounds: Bounds,
        restarts: Restarts,
        tracker: TaskTracker,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            shelf: Mutex::default(),
            bounds,
            restarts,
            tracker,
            stop,
            started: AtomicU64::new(0),
            running: watch::channel(0).0,
        })
    }

    /// Lends a warm process of that key or starts one; waits while the owner has too many at work
    /// and while the worker pauses after a failure.
    pub(crate) async fn lend(
        self: &Arc<Self>,
        key: Key,
        launch: &Launch,
    ) -> Result<Loan, LendError> {
        let lending = self.lend_now(key, launch);
        tokio::select! {
            () = self.stop.cancelled() => Err(LendError::Stopping),
            loan = lending => loan,
        }
    }

    async fn lend_now(self: &Arc<Self>, key: Key, launch: &Launch) -> Result<Loan, LendError> {
        let permit = self.permit(key.owner).await?;
        match self.restarts.standing(&key.worker, key.owner) {
            Standing::Ready => {}
            Standing::Pausing(until) => tokio::time::sleep_until(until).await,
            Standing::Disabled => return Err(LendError::Disabled),
        }
        let (process, warm) = match self.take_warm(&key) {
            Some(process) => (process, true),
            None => (self.start(&key, launch).await?, false),
        };
        Ok(Loan {
            pool: Arc::clone(self),
            key,
            process: Some(process),
            warm,
            _permit: permit,
        })
    }

    async fn permit(&self, owner: UserId) -> Result<OwnedSemaphorePermit, LendError> {
        let semaphore = Arc::clone(
            self.shelf()
                .owners
                .entry(owner)
                .or_insert_with(|| Arc::new(Semaphore::new(self.bounds.busy))),
        );
        semaphore
            .acquire_owned()
            .await
            .map_err(|_| LendError::Stopping)
    }

    async fn start(&self, key: &Key, launch: &Launch) -> Result<Process, LendError> {
        self.started.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        match Process::start(launch, &self.tracker, &self.running).await {
            Ok(process) => {
                let ms = begun.elapsed().as_millis();
                tracing::debug!(worker = %key.worker, ms, "worker {} started", key.worker);
                Ok(process)
            }
            Err(error) => {
                self.restarts.failed(&key.worker, key.owner);
                Err(LendError::Process(error))
            }
        }
    }

    fn take_warm(&self, key: &Key) -> Option<Process> {
        loop {
            let found = {
                let mut shelf = self.shelf();
                let at = shelf.idle.iter().rposition(|idle| idle.key == *key)?;
                shelf.idle.swap_remove(at)
            };
            let mut process = found.process;
            if process.is_alive() {
                return Some(process);
            }
        }
    }

    fn shelve(self: &Arc<Self>, key: Key, process: Process) {
        if self.stop.is_cancelled() {
            return self.retire(process);
        }
        let (surplus, wake) = {
            let mut shelf = self.shelf();
            let surplus = shelf.oldest_beyond(key.owner, self.bounds.idle);
            shelf.idle.push(Idle {
                key,
                since: Instant::now(),
                process,
            });
            (surplus, !std::mem::replace(&mut shelf.reaper, true))
        };
        if let Some(process) = surplus {
            self.retire(process);
        }
        if wake {
            let pool = Arc::clone(self);
            self.tracker.spawn(async move { pool.reap().await });
        }
    }

    /// Ends processes whose time without a call is over; rests when none is left.
    async fn reap(self: Arc<Self>) {
        loop {
            let next = {
                let mut shelf = self.shelf();
                let oldest = shelf.idle.iter().map(|idle| idle.since).min();
                if oldest.is_none() {
                    shelf.reaper = false;
                }
                oldest.map(|since| since + self.bounds.idle_time)
            };
            let Some(next) = next else { return };
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                () = self.stop.cancelled() => {}
            }
            let now = Instant::now();
            let over: Vec<Idle> = {
                let mut shelf = self.shelf();
                let (over, kept) = std::mem::take(&mut shelf.idle)
                    .into_iter()
                    .partition(|idle| {
                        self.stop.is_cancelled()
                            || now.duration_since(idle.since) >= self.bounds.idle_time
                    });
                shelf.idle = kept;
                over
            };
            for idle in over {
                self.retire(idle.process);
            }
        }
    }

    /// Ends a process without waiting for it.
    fn retire(&self, process: Process) {
        let grace = self.bounds.grace;
        self.tracker.spawn(async move { process.stop(grace).await });
    }

    /// Processes that run, processes without a call, and starts so far.
    pub(crate) fn figures(&self) -> (u64, usize, u64) {
        let idle = self.shelf().idle.len();
        (
            *self.running.borrow(),
            idle,
            self.started.load(Ordering::Relaxed),
        )
    }

    /// Waits until no process runs.
    pub(crate) async fn drained(&self) {
        // The sender lives in this pool, so waiting cannot fail.
        self.running.subscribe().wait_for(|n| *n == 0).await.ok();
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn oldest_beyond(&mut self, owner: UserId, most: usize) -> Option<Process> {
        let of_owner = || {
            self.idle
                .iter()
                .enumerate()
                .filter(|(_, idle)| idle.key.owner == owner)
        };
        if of_owner().count() < most {
            return None;
        }
        let (at, _) = of_owner().min_by_key(|(_, idle)| idle.since)?;
        Some(self.idle.swap_remove(at).process)
    }
}

impl Loan {
    /// Whether the process had waited for a call: it may have died meanwhile.
    pub(crate) const fn is_warm(&self) -> bool {
        self.warm
    }

    pub(crate) fn process(&mut self) -> Option<&mut Process> {
        self.process.as_mut()
    }

    /// The call came to its end: a process for one call ends, another waits for the next.
    pub(crate) fn give_back(mut self) {
        self.pool
            .restarts
            .recovered(&self.key.worker, self.key.owner);
        if self.key.roots.only.is_none()
            && let Some(process) = self.process.take()
        {
            self.pool.shelve(self.key.clone(), process);
        }
    }

    /// The process failed.
    pub(crate) fn failed(self) {
        self.pool.restarts.failed(&self.key.worker, self.key.owner);
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            self.pool.retire(process);
        }
    }
}
