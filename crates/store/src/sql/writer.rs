//! The one writer: takes jobs from a bounded queue and commits them in groups.
//!
//! A group is one transaction with a savepoint per job, so that a refused job costs the others
//! nothing. What a job publishes reaches readers after the commit, in commit order, and only then
//! is the job answered.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt, future::BoxFuture};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::error;
use weald_domain::ports::StoreError;

use super::{Sql, Statement, sql};
use crate::{
    bus::{Bus, Outgoing},
    fail_points::{self, Boundary},
    statements::Statements,
};

/// Jobs that may wait; beyond it callers wait with them.
const QUEUE: usize = 256;
/// Most jobs of one commit.
const GROUP: usize = 64;

/// The open transaction, with what it will publish once it is committed.
pub(crate) struct Tx {
    conn: SqliteConnection,
    statements: Statements,
    next_pos: u64,
    outgoing: Vec<Outgoing>,
}

impl Tx {
    /// The next place in the feed: gapless, because only the writer draws it.
    pub(crate) fn draw_pos(&mut self) -> u64 {
        let pos = self.next_pos;
        self.next_pos += 1;
        pos
    }

    /// Hands something to readers once the transaction is committed.
    pub(crate) fn publish(&mut self, outgoing: Outgoing) {
        self.outgoing.push(outgoing);
    }
}

impl Sql for Tx {
    fn conn(&mut self) -> &mut SqliteConnection {
        self.statements.count();
        &mut self.conn
    }
}

/// Tells the caller what became of its job; `Err` when the group did not commit.
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Work = Box<dyn for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, (bool, Reply)> + Send>;

struct Job {
    boundary: Boundary,
    work: Work,
}

/// The sending end of the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the writer has stopped".into())
}

impl Writer {
    /// The writer, and the task that is it once it is told by what to stop; `next_pos` is the first free place of the feed.
    pub(crate) fn new(
        conn: SqliteConnection,
        statements: Statements,
        next_pos: u64,
        bus: Bus,
    ) -> (
        Self,
        impl FnOnce(CancellationToken) -> BoxFuture<'static, ()>,
    ) {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let tx = Tx {
            conn,
            statements,
            next_pos,
            outgoing: Vec::new(),
        };
        (Self { jobs }, move |stopping| {
            Box::pin(run(tx, queue, bus, stopping))
        })
    }

    /// Runs a job in a transaction: `Ok` commits, `Err` undoes what the job did. It runs to its
    /// end even when the caller goes away.
    pub(crate) async fn write<T, E, F>(&self, boundary: Boundary, job: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |tx| {
            Box::pin(async move {
                let mut result = job(tx).await;
                if let (Ok(_), Err(e)) = (&result, fail_points::hit(boundary.before_commit)) {
                    result = Err(e.into());
                }
                let keep = result.is_ok();
                let reply: Reply = Box::new(move |committed| {
                    let result = match committed {
                        Ok(()) => result,
                        Err(e) => result.and(Err(e.into())),
                    };
                    let _ = answer.send(result);
                });
                (keep, reply)
            })
        });
        let job = Job { boundary, work };
        self.jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| E::from(stopped()))?
    }
}

async fn run(mut tx: Tx, mut queue: mpsc::Receiver<Job>, bus: Bus, stopping: CancellationToken) {
    let mut group = Vec::with_capacity(GROUP);
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled(), if !queue.is_closed() => {
                queue.close();
                continue;
            }
            taken = queue.recv_many(&mut group, GROUP) => if taken == 0 {
                break;
            }
        }
        let boundaries: Vec<Boundary> = group.iter().map(|job| job.boundary).collect();
        let start = tx.next_pos;
        let (replies, committed) = commit(&mut tx, group.drain(..)).await;
        if committed.is_err() {
            tx.next_pos = start;
            tx.outgoing.clear();
        }
        let crashed = |place: fn(&Boundary) -> &'static str| {
            boundaries.iter().any(|b| fail_points::asked(place(b)))
        };
        if crashed(|b| b.after_commit) || crashed(|b| b.before_publish) {
            error!("a fail point stops the writer between commit and publish");
            return;
        }
        bus.publish(tx.outgoing.drain(..));
        for reply in replies {
            reply(committed.as_ref().copied().map_err(again));
        }
    }
    if let Err(e) = tx.conn.close().await {
        error!(error = %e, "closing the writer's connection");
    }
}

/// The error of a group, once more for each of its jobs.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full(source) => StoreError::Full(source.to_string().into()),
        StoreError::Unavailable(source) => StoreError::Unavailable(source.to_string().into()),
        StoreError::Corrupt { what, source } => StoreError::Corrupt {
            what,
            source: source.to_string().into(),
        },
        StoreError::BadPage => StoreError::BadPage,
    }
}

async fn commit(
    tx: &mut Tx,
    group: impl ExactSizeIterator<Item = Job>,
) -> (Vec<Reply>, Result<(), StoreError>) {
    let mut replies = Vec::with_capacity(group.len());
    let result = in_transaction(tx, group, &mut replies).await;
    if result.is_err() {
        // Some errors of SQLite have ended the transaction by themselves.
        let _ = tx.execute(sql("ROLLBACK")).await;
    }
    (replies, result)
}

async fn in_transaction(
    tx: &mut Tx,
    group: impl ExactSizeIterator<Item = Job>,
    replies: &mut Vec<Reply>,
) -> Result<(), StoreError> {
    tx.execute(sql("BEGIN IMMEDIATE")).await?;
    let alone = group.len() == 1;
    let mut kept = 0;
    for job in group {
        if !alone {
            tx.execute(sql("SAVEPOINT job")).await?;
        }
        let (pos, outgoing) = (tx.next_pos, tx.outgoing.len());
        let ran = AssertUnwindSafe((job.work)(tx)).catch_unwind().await;
        let keep = match ran {
            Ok((keep, reply)) => {
                replies.push(reply);
                keep
            }
            Err(_) => {
                error!("a job of the writer panicked");
                false
            }
        };
        if keep {
            kept += 1;
        } else {
            tx.next_pos = pos;
            tx.outgoing.truncate(outgoing);
        }
        let end = match (alone, keep) {
            (false, true) => Some("RELEASE job"),
            (false, false) => {
                tx.execute(sql("ROLLBACK TO job")).await?;
                Some("RELEASE job")
            }
            (true, _) => None,
        };
        if let Some(end) = end {
            tx.execute(sql(end)).await?;
        }
    }
    let end: Statement = sql(if kept > 0 { "COMMIT" } else { "ROLLBACK" });
    tx.execute(end).await?;
    Ok(())
}
