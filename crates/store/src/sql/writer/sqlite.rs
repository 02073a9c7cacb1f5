//! The one writer of SQLite: takes jobs from a bounded queue and commits them in groups.
//!
//! A group is one transaction with a savepoint per job, so that a refused job costs the others
//! nothing.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::error;
use weald_domain::ports::StoreError;

use super::{Job, Reply};
use crate::{
    bus::Bus,
    fail_points::{self, Boundary},
    sql::{Sql, sql, tx::Tx},
};

/// Jobs that may wait; beyond it callers wait with them.
pub(crate) const QUEUE: usize = 256;
/// Most jobs of one commit.
const GROUP: usize = 64;

/// Runs jobs until it is told to stop, and those that then wait.
pub(crate) async fn run(
    mut tx: Tx,
    mut queue: mpsc::Receiver<Job>,
    bus: Bus,
    stopping: CancellationToken,
) {
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
        let start = tx.mark();
        let (replies, committed) = commit(&mut tx, group.drain(..)).await;
        if committed.is_err() {
            tx.forget(start);
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
    if let Err(e) = tx.close().await {
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
    let alone = group.len() == 1;
    let (mut kept, mut undo) = (0, false);
    // Each call costs the way to the thread of the connection: what belongs together is one.
    let mut before = if alone {
        "BEGIN IMMEDIATE"
    } else {
        "BEGIN IMMEDIATE; SAVEPOINT job"
    };
    for job in group {
        tx.execute(sql(before)).await?;
        let start = tx.mark();
        let ran = AssertUnwindSafe((job.work)(Ok(tx))).catch_unwind().await;
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
            tx.forget(start);
        }
        undo = !keep;
        before = if undo {
            "ROLLBACK TO job"
        } else {
            "RELEASE job; SAVEPOINT job"
        };
    }
    // A savepoint that is still open ends with the transaction.
    let end = match (kept, undo) {
        (0, _) => "ROLLBACK",
        (_, true) => "ROLLBACK TO job; COMMIT",
        (_, false) => "COMMIT",
    };
    tx.execute(sql(end)).await?;
    Ok(())
}
