//! Taking the data folder, if need be from a command that brought its own deployment.

use std::time::Duration;

use tokio::time::Instant;
use weald_store::{LockError, OpenError};

use crate::{
    context::Context,
    deployment::{Opened, Setup},
    failure::Outcome,
    runtime::Sockets,
    start,
};

/// How long a process may take to hand over: it drains as by Ctrl+C.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(12);
/// How long a process may own the folder without answering: it starts or ends.
const SETTLED_WITHIN: Duration = Duration::from_secs(3);
/// The pause between two tries.
const TRY_EVERY: Duration = Duration::from_millis(30);

/// Takes it; another server is left alone.
pub(super) async fn take(context: &mut Context, setup: Setup) -> Outcome<Opened> {
    let sockets = Sockets::of(&setup.places, &setup.config.data.root);
    let mut until = Instant::now() + SETTLED_WITHIN;
    let mut asked = false;
    loop {
        let error = match Opened::open(setup.clone()).await {
            Ok(opened) => return Ok(opened),
            Err(error) => error,
        };
        if !matches!(error, OpenError::Lock(LockError::InUse { .. })) || Instant::now() >= until {
            return Err(start::open_failure(&error));
        }
        if !asked && sockets.ask_to_hand_over().await? {
            asked = true;
            until = Instant::now() + HANDED_OVER_WITHIN;
            context
                .console
                .note("waiting for another command to hand the data folder over")?;
        }
        if !asked && sockets.answers().await? {
            return Err(start::open_failure(&error));
        }
        tokio::time::sleep(TRY_EVERY).await;
    }
}
