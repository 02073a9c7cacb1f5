//! What a running deployment does once a day: it prunes, as `weald db prune` does by hand.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use weald_domain::limits::STREAM_TTL_MS;
use weald_store::{Retention, Store};

use crate::{
    config::{Config, LiveConfig},
    failure::chain,
};

/// After a start, so that it does not slow that down.
const FIRST_AFTER: Duration = Duration::from_secs(10 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Days in milliseconds.
pub(crate) fn days(days: u32) -> i64 {
    i64::from(days) * 24 * 60 * 60 * 1000
}

/// How long things are kept, by the settings.
pub(crate) fn kept(config: &Config) -> Retention {
    Retention {
        events_ms: config.retention.events_days.map(days),
        live_ms: STREAM_TTL_MS,
    }
}

/// Prunes every day until it is told to stop, by the settings of that day.
pub(crate) async fn prune_daily(store: Store, config: Arc<LiveConfig>, stop: CancellationToken) {
    let mut ticks = interval_at(Instant::now() + FIRST_AFTER, DAY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let config = match config.typed() {
            Ok(config) => config,
            Err(error) => {
                warn!(error = chain(&error), "nothing is pruned today");
                continue;
            }
        };
        let pruned = tokio::select! {
            () = stop.cancelled() => return,
            pruned = store.prune(kept(&config)) => pruned,
        };
        match pruned {
            Ok(amounts) => {
                for one in amounts.iter().filter(|one| one.count > 0) {
                    let (what, count, bytes) = (one.of.name(), one.count, one.bytes);
                    info!(what, count, bytes, "pruned {count} {what}");
                }
            }
            Err(error) => warn!(error = chain(&error), "pruning failed; tomorrow goes on"),
        }
    }
}
