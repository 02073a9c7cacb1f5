//! Writing: a job is one transaction, and what it publishes reaches readers after its commit, in
//! the order of the commits; only then is it answered.

mod postgres;
mod sqlite;

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use weald_domain::ports::StoreError;

use super::tx::Tx;
use crate::fail_points::{self, Boundary};

pub(crate) use postgres::Transactions;
pub(crate) use sqlite::{QUEUE, run};

/// Tells the caller what became of its job; `Err` when it did not commit.
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Does it in a transaction, or hears why there is none; whether to commit.
type Work =
    Box<dyn for<'c> FnOnce(Result<&'c mut Tx, StoreError>) -> BoxFuture<'c, (bool, Reply)> + Send>;

/// What is to be done in a transaction.
pub(crate) struct Job {
    boundary: Boundary,
    work: Work,
}

/// The sending end of the writer.
#[derive(Clone)]
pub(crate) enum Writer {
    /// One connection, and a bounded queue before it.
    Sqlite(mpsc::Sender<Job>),
    /// A transaction of its own for each job.
    Postgres(Transactions),
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the writer has stopped, or gave the job up".into())
}

impl Writer {
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
                let mut result = match tx {
                    Ok(tx) => whole(tx, job).await,
                    Err(e) => Err(e.into()),
                };
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
        match self {
            Self::Sqlite(jobs) => jobs.send(job).await.map_err(|_| stopped())?,
            Self::Postgres(transactions) => transactions.start(job),
        }
        answered.await.map_err(|_| E::from(stopped()))?
    }
}

/// A job with what it leaves for its end.
async fn whole<T, E, F>(tx: &mut Tx, job: F) -> Result<T, E>
where
    F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T, E>> + Send,
    E: From<StoreError>,
{
    let done = job(tx).await?;
    tx.settle().await?;
    Ok(done)
}
