//! A stream of bytes under deadlines: idle and total, with a word for every stretch of silence.

use std::{pin::Pin, time::Duration};

use futures::{Stream, StreamExt as _};
use tokio::time::{Instant, Sleep, sleep_until};

/// What is heard from a watched stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard<T> {
    /// The next piece.
    Piece(T),
    /// Nothing for this long.
    Silent(Duration),
    /// The stream is over.
    End,
    /// Nothing until the idle deadline.
    IdleTimeout(Duration),
    /// The whole call took too long.
    TotalTimeout,
}

/// A stream and the clock that runs beside it.
///
/// A piece only notes its time; the timer is set anew when it fires, not for every piece.
pub(super) struct Watched<S> {
    stream: S,
    timer: Pin<Box<Sleep>>,
    last_piece: Instant,
    silent_every: Duration,
    stretches: u32,
    idle: Duration,
    end: Instant,
}

impl<S: Stream + Unpin> Watched<S> {
    pub(super) fn new(stream: S, silent_every: Duration, idle: Duration, end: Instant) -> Self {
        let now = Instant::now();
        Self {
            stream,
            timer: Box::pin(sleep_until(end.min(now + silent_every.min(idle)))),
            last_piece: now,
            silent_every,
            stretches: 0,
            idle,
            end,
        }
    }

    /// Makes the idle deadline an earlier one.
    pub(super) fn hurry(&mut self, idle: Duration) {
        if idle < self.idle {
            self.idle = idle;
            self.set_timer();
        }
    }

    /// The next piece, or what its absence means.
    pub(super) async fn next(&mut self) -> Heard<S::Item> {
        loop {
            tokio::select! {
                biased;
                piece = self.stream.next() => {
                    self.last_piece = Instant::now();
                    self.stretches = 0;
                    return piece.map_or(Heard::End, Heard::Piece);
                }
                () = &mut self.timer => {
                    if let Some(heard) = self.fired() {
                        return heard;
                    }
                }
            }
        }
    }

    fn fired(&mut self) -> Option<Heard<S::Item>> {
        let now = Instant::now();
        let silence = now - self.last_piece;
        if now >= self.end {
            return Some(Heard::TotalTimeout);
        }
        if silence >= self.idle {
            return Some(Heard::IdleTimeout(self.idle));
        }
        let is_stretch = silence >= self.silent_every * (self.stretches + 1);
        if is_stretch {
            self.stretches += 1;
        }
        self.set_timer();
        is_stretch.then_some(Heard::Silent(silence))
    }

    fn set_timer(&mut self) {
        let stretch = self.last_piece + self.silent_every * (self.stretches + 1);
        let idle = self.last_piece + self.idle;
        self.timer.as_mut().reset(stretch.min(idle).min(self.end));
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn watched(pauses: Vec<u64>, total: u64) -> Watched<Pin<Box<dyn Stream<Item = usize> + Send>>> {
        let pieces =
            stream::iter(pauses.into_iter().enumerate()).then(|(at, seconds)| async move {
                sleep(SECOND * u32::try_from(seconds).expect("small")).await;
                at
            });
        let end = Instant::now() + Duration::from_secs(total);
        Watched::new(Box::pin(pieces), 5 * SECOND, 12 * SECOND, end)
    }

    async fn all(
        mut watched: Watched<Pin<Box<dyn Stream<Item = usize> + Send>>>,
    ) -> Vec<Heard<usize>> {
        let mut heard = vec![];
        loop {
            let next = watched.next().await;
            let is_last = !matches!(next, Heard::Piece(_) | Heard::Silent(_));
            heard.push(next);
            if is_last {
                return heard;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_said_every_five_seconds_and_starts_anew_with_each_piece() {
        let started = Instant::now();
        assert_eq!(
            all(watched(vec![1, 11, 4, 6], 600)).await,
            [
                Heard::Piece(0),
                Heard::Silent(5 * SECOND),
                Heard::Silent(10 * SECOND),
                Heard::Piece(1),
                Heard::Piece(2),
                Heard::Silent(5 * SECOND),
                Heard::Piece(3),
                Heard::End,
            ]
        );
        assert_eq!(started.elapsed(), 22 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn the_idle_deadline_ends_a_silent_stream() {
        let started = Instant::now();
        assert_eq!(
            all(watched(vec![3, 100], 600)).await,
            [
                Heard::Piece(0),
                Heard::Silent(5 * SECOND),
                Heard::Silent(10 * SECOND),
                Heard::IdleTimeout(12 * SECOND),
            ]
        );
        assert_eq!(started.elapsed(), 15 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn the_total_deadline_ends_a_stream_that_never_pauses() {
        let heard = all(watched(vec![4; 10], 10)).await;
        assert_eq!(
            heard,
            [Heard::Piece(0), Heard::Piece(1), Heard::TotalTimeout]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_hurried_stream_has_less_time() {
        let mut watched = watched(vec![1, 3], 600);
        assert_eq!(watched.next().await, Heard::Piece(0));
        watched.hurry(2 * SECOND);
        assert_eq!(watched.next().await, Heard::IdleTimeout(2 * SECOND));
    }
}
