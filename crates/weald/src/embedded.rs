//! A deployment that a command brings itself, because none runs on its data (D-12).
//!
//! It opens the runtime socket, so that other commands attach to it. It stays until the command is
//! done and the last session that was started in it has ended or parked, or until `weald up` asks
//! it to hand over. What an earlier process left goes on meanwhile, and nobody waits for it.

use std::time::Duration;

use tokio::{net::UnixListener, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use weald_domain::{
    id::SessionId,
    ports::{Clock, Ids},
};
use weald_store::{LockError, OpenError, Store};

use crate::{
    clock::{SystemClock, SystemIds},
    deployment::{Deployment, Opened, Setup},
    failure::{Failure, Outcome},
    hand_over, start,
};

/// How often it is looked whether sessions still run.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A deployment in this process, with the task that ends it.
pub(crate) struct Embedded {
    store: Store,
    /// Sessions with a smaller id were started by an earlier process.
    first: SessionId,
    asked: CancellationToken,
    done: CancellationToken,
    life: JoinHandle<()>,
}

impl Embedded {
    /// Opens the data folder and serves on its runtime socket; `None` when another process has it.
    pub(crate) async fn open(setup: Setup) -> Outcome<Option<Self>> {
        let first = SessionId(SystemIds::new().uuid(SystemClock.now()));
        let opened = match Opened::open(setup).await {
            Ok(opened) => opened,
            Err(OpenError::Lock(LockError::InUse { .. })) => return Ok(None),
            Err(error) => return Err(start::open_failure(&error)),
        };
        let sockets = opened.sockets().clone();
        let listener = sockets.listen(&sockets.hand_over).map_err(Failure::from)?;
        let deployment = opened
            .serve(Vec::new())
            .await
            .map_err(|error| start::failure(&error))?;
        let (asked, done) = (CancellationToken::new(), CancellationToken::new());
        let store = deployment.store.clone();
        let life = live(deployment, listener, asked.clone(), done.clone());
        Ok(Some(Self {
            store,
            first,
            asked,
            done,
            life: TaskTracker::new().spawn(life),
        }))
    }

    /// Sessions that were started in it and still run.
    pub(crate) fn running(&self) -> usize {
        if self.asked.is_cancelled() {
            return 0;
        }
        let owned = self.store.owned();
        owned
            .iter()
            .filter(|session| **session > self.first)
            .count()
    }

    /// Ends it once its last session has ended or parked; `now` cuts that short.
    pub(crate) async fn close(self, now: impl Future<Output = ()>) {
        let idle = async {
            while self.running() > 0 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            () = idle => {}
            () = self.asked.cancelled() => {}
            () = now => {}
        }
        self.done.cancel();
        let _ = self.life.await;
    }
}

async fn live(
    deployment: Deployment,
    listener: UnixListener,
    asked: CancellationToken,
    done: CancellationToken,
) {
    tokio::select! {
        () = done.cancelled() => {}
        () = async {
            hand_over::listen(listener, asked.clone()).await;
            asked.cancelled().await;
        } => {}
    }
    deployment.end().await;
}
