//! The transactions of PostgreSQL: one for each job, side by side, each on a connection of the
//! pool.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use futures::FutureExt;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};

use super::Job;
use crate::{
    bus::{Bus, Outgoing},
    fail_points::{self, Boundary},
    sql::{
        borrowed::{ANSWER, Borrowed},
        storage,
        tx::Tx,
    },
    statements::Statements,
};

/// Where the transactions of jobs come from; clones share it.
#[derive(Clone)]
pub(crate) struct Transactions(Arc<Inner>);

struct Inner {
    pool: PgPool,
    bus: Bus,
    statements: Statements,
    tasks: TaskTracker,
    /// Whose turn it is to write into the feed.
    turn: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Transactions {
    pub(crate) fn new(
        pool: PgPool,
        bus: Bus,
        statements: Statements,
        tasks: TaskTracker,
        stopping: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            pool,
            bus,
            statements,
            tasks,
            turn: Arc::new(Semaphore::new(1)),
            stopping,
        }))
    }

    /// Starts a job on a task of its own: it ends even when its caller goes away, and is then
    /// never committed without being published.
    pub(super) fn start(&self, job: Job) {
        if self.0.stopping.is_cancelled() {
            return;
        }
        let inner = Arc::clone(&self.0);
        self.0.tasks.spawn(async move { inner.run(job).await });
    }
}

impl Inner {
    async fn run(&self, job: Job) {
        let conn = match Borrowed::begin(&self.pool).await {
            Ok(conn) => conn,
            Err(e) => {
                let (_, reply) = (job.work)(Err(storage(e))).await;
                reply(Ok(()));
                return;
            }
        };
        let mut tx = Tx::postgres(conn, Arc::clone(&self.turn), self.statements.clone());
        let work = AssertUnwindSafe((job.work)(Ok(&mut tx))).catch_unwind();
        // Its caller hears that there was no answer.
        let Ok(ran) = tokio::time::timeout(ANSWER, work).await else {
            warn!("the database did not answer in time: a job of the writer is given up");
            return;
        };
        let Ok((keep, reply)) = ran else {
            error!("a job of the writer panicked");
            return;
        };
        if !keep {
            // The answer is the job's own error, whatever becomes of what it did.
            let _ = tx.close().await;
            reply(Ok(()));
            return;
        }
        let committed = tx.commit().await.and_then(|committed| {
            fail_points::hit(job.boundary.unanswered)?;
            Ok(committed)
        });
        let (outgoing, turn) = match committed {
            Ok(committed) => committed,
            Err(e) => {
                reply(Err(e));
                return;
            }
        };
        if self.publish(&job.boundary, outgoing) {
            drop(turn);
            reply(Ok(()));
        }
    }

    /// Publishes what was committed. When that fails, readers and storage would go apart: nothing
    /// more is written then, until the next start.
    fn publish(&self, boundary: &Boundary, outgoing: Vec<Outgoing>) -> bool {
        let published = catch_unwind(AssertUnwindSafe(|| {
            let crashes = [boundary.after_commit, boundary.before_publish];
            let crashed = crashes.into_iter().any(fail_points::asked);
            if !crashed {
                self.bus.publish(outgoing.into_iter());
            }
            !crashed
        }));
        let published = published.unwrap_or(false);
        if !published {
            error!("the writer stops between commit and publish");
            self.stopping.cancel();
        }
        published
    }
}
