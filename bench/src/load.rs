//! A number of streams at once against one target, and what was seen of them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::clock::now_us;
use crate::quantile::quantile;
use crate::stand_in::Shape;
use crate::target::Target;
use crate::tokens::Reader;

/// A load: so many slots, each with one stream after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// Streams at once.
    pub(crate) slots: u32,
    /// What each stream is.
    pub(crate) shape: Shape,
    /// Streams of one slot, one after the other.
    pub(crate) per_slot: u32,
}

/// What was measured while all slots were busy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// From the stand-in's write to our read, milliseconds, sorted.
    pub(crate) lag_ms: Vec<f64>,
    /// From our request to the first token, milliseconds, sorted.
    pub(crate) first_ms: Vec<f64>,
    /// From our request to the stand-in's receipt of it, milliseconds, sorted.
    pub(crate) forward_ms: Vec<f64>,
    /// Tokens per second.
    pub(crate) tokens_per_second: f64,
    /// How often a reader was too slow and got the text again instead of its deltas.
    pub(crate) resyncs: u32,
    /// Processor seconds per million tokens of whoever is between.
    pub(crate) cpu_per_million: Option<f64>,
    /// Most memory seen of whoever is between, MiB.
    pub(crate) pss_mib: Option<f64>,
}

impl Measured {
    /// A quantile of the lag.
    pub(crate) fn lag(&self, share: f64) -> f64 {
        quantile(&self.lag_ms, share)
    }

    /// The median time to the first token.
    pub(crate) fn first(&self) -> f64 {
        quantile(&self.first_ms, 0.5)
    }
}

/// The part of a run that counts, in microseconds of the common clock.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: u64,
    to: u64,
}

impl Window {
    fn holds(self, at: u64) -> bool {
        (self.from..self.to).contains(&at)
    }
}

impl Load {
    /// How long one stream takes when nothing is slow; zero when it is not paced.
    fn stream_time(&self) -> Duration {
        match self.shape.per_second {
            0 => Duration::ZERO,
            rate => Duration::from_secs(1) * self.shape.tokens / rate,
        }
    }

    /// Slots start evenly over the time of one stream; from then on all of them are busy, until
    /// the first one has done its share. What is not paced counts from start to end.
    fn window(&self, start: u64) -> Window {
        let stream = u64::try_from(self.stream_time().as_micros()).unwrap_or(u64::MAX);
        match stream {
            0 => Window {
                from: start,
                to: u64::MAX,
            },
            _ => Window {
                from: start + stream,
                to: start + stream * u64::from(self.per_slot),
            },
        }
    }

    /// Runs it once.
    pub(crate) async fn run(self, target: &Arc<Target>) -> Result<Measured> {
        let start = now_us();
        let window = self.window(start);
        let mut slots = JoinSet::new();
        for slot in 0..self.slots {
            let delay = self.stream_time() * slot / self.slots;
            slots.spawn(run_slot(Arc::clone(target), self, delay, window));
        }
        let watch = watch(target, window, self.stream_time());
        let limit = self.stream_time() * self.per_slot * 3 + Duration::from_secs(120);
        let (seen, usage) = timeout(limit, async { tokio::join!(collect(slots), watch) })
            .await
            .context("the streams did not end in time")?;
        Ok(summary(seen?, usage, window, start))
    }
}

/// What one slot saw.
#[derive(Debug, Default)]
struct Seen {
    lag_us: Vec<u32>,
    first_us: Vec<u64>,
    forward_us: Vec<u64>,
    tokens: u64,
    last: u64,
    resyncs: u32,
}

async fn collect(mut slots: JoinSet<Result<Seen>>) -> Result<Vec<Seen>> {
    let mut all = vec![];
    while let Some(seen) = slots.join_next().await {
        all.push(seen??);
    }
    Ok(all)
}

async fn run_slot(
    target: Arc<Target>,
    load: Load,
    delay: Duration,
    window: Window,
) -> Result<Seen> {
    sleep(delay).await;
    let mut seen = Seen::default();
    for _ in 0..load.per_slot {
        run_stream(&target, load.shape, window, &mut seen).await?;
    }
    Ok(seen)
}

/// Reads one stream to its end; a stream with other than the asked number of tokens is an error.
async fn run_stream(target: &Target, shape: Shape, window: Window, seen: &mut Seen) -> Result<()> {
    let asked = now_us();
    let mut answer = target.request(shape).send().await?;
    let status = answer.status();
    ensure!(
        status.is_success(),
        "{:?} answered {status}: {}",
        target.who,
        answer.text().await?
    );
    let mut reader = Reader::new(target.wire);
    let mut count = 0;
    while let Some(bytes) = answer.chunk().await? {
        let now = now_us();
        reader.feed(&bytes, |sent| {
            count += 1;
            seen.token(count, asked, sent, now, window);
        })?;
    }
    let expected = shape.tokens + 1;
    seen.resyncs += reader.resyncs();
    ensure!(
        count == expected,
        "{:?} delivered {count} of {expected} tokens",
        target.who
    );
    Ok(())
}

impl Seen {
    /// Notes a token; the first of a stream says when the stand-in received the request.
    fn token(&mut self, count: u32, asked: u64, sent: u64, now: u64, window: Window) {
        if !window.holds(now) {
            return;
        }
        self.tokens += 1;
        self.last = now;
        if count == 1 {
            self.first_us.push(now.saturating_sub(asked));
            self.forward_us.push(sent.saturating_sub(asked));
        } else {
            self.lag_us
                .push(u32::try_from(now.saturating_sub(sent)).unwrap_or(u32::MAX));
        }
    }
}

/// What whoever is between used in the window.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    cpu_seconds: Option<f64>,
    pss_mib: Option<f64>,
}

/// Watches the processes of the target; without a pace there is no window to wait for.
async fn watch(target: &Target, window: Window, stream: Duration) -> Usage {
    let Some(tree) = target.tree() else {
        return Usage::default();
    };
    if window.to == u64::MAX {
        return Usage {
            cpu_seconds: None,
            pss_mib: Some(tree.pss_mib()),
        };
    }
    let start = Instant::now();
    sleep_until(start + stream).await;
    let cpu_before = tree.cpu_seconds();
    let end = start + Duration::from_micros(window.to - window.from) + stream;
    let mut pss = tree.pss_mib();
    while Instant::now() + Duration::from_secs(1) < end {
        sleep(Duration::from_secs(1)).await;
        pss = pss.max(tree.pss_mib());
    }
    sleep_until(end).await;
    Usage {
        cpu_seconds: Some(tree.cpu_seconds() - cpu_before),
        pss_mib: Some(pss),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of minutes and millions of tokens"
)]
fn summary(all: Vec<Seen>, usage: Usage, window: Window, start: u64) -> Measured {
    let tokens: u64 = all.iter().map(|seen| seen.tokens).sum();
    let last = all.iter().map(|seen| seen.last).max().unwrap_or(start);
    let (from, to) = (window.from, window.to.min(last));
    let sorted = |values: Vec<f64>| {
        let mut values: Vec<f64> = values.into_iter().map(|micros| micros / 1_000.0).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let mut measured = Measured {
        tokens_per_second: tokens as f64 * 1e6 / to.saturating_sub(from).max(1) as f64,
        cpu_per_million: usage
            .cpu_seconds
            .map(|seconds| seconds * 1e6 / tokens.max(1) as f64),
        pss_mib: usage.pss_mib,
        resyncs: all.iter().map(|seen| seen.resyncs).sum(),
        ..Measured::default()
    };
    let all = all.iter();
    measured.lag_ms = sorted(
        all.clone()
            .flat_map(|seen| &seen.lag_us)
            .map(|&us| us.into())
            .collect(),
    );
    measured.first_ms = sorted(
        all.clone()
            .flat_map(|seen| &seen.first_us)
            .map(|&us| us as f64)
            .collect(),
    );
    measured.forward_ms = sorted(
        all.flat_map(|seen| &seen.forward_us)
            .map(|&us| us as f64)
            .collect(),
    );
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load {
        slots: 4,
        shape: Shape {
            tokens: 100,
            per_second: 50,
        },
        per_slot: 4,
    };

    #[test]
    fn only_the_time_when_every_slot_is_busy_counts() {
        let window = LOAD.window(1_000_000);
        assert_eq!((window.from, window.to), (3_000_000, 9_000_000));

        let flat = Load {
            shape: Shape {
                tokens: 100,
                per_second: 0,
            },
            ..LOAD
        };
        assert!(flat.window(5).holds(5) && flat.window(5).holds(u64::MAX - 1));
    }

    #[test]
    fn tokens_outside_the_window_are_not_counted() {
        let window = Window {
            from: 1_000,
            to: 2_000,
        };
        let mut seen = Seen::default();
        seen.token(2, 0, 900, 999, window);
        seen.token(1, 1_000, 1_100, 1_300, window);
        seen.token(2, 1_000, 1_350, 1_400, window);
        seen.token(3, 1_000, 1_900, 2_000, window);

        assert_eq!((seen.tokens, seen.lag_us), (2, vec![50]));
        assert_eq!((seen.first_us, seen.forward_us), (vec![300], vec![100]));
    }
}
