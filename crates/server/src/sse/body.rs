//! The body of a stream: everything that is ready goes out in one piece.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    Stream,
    stream::{BoxStream, StreamExt},
};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;
use weald_domain::ports::{FeedFrame, Frame};

use super::{Slot, encode_feed_frame, encode_frame};

/// A comment goes out after this long without an event, so that nobody in between hangs up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Enough for one piece.
const PIECE: usize = 64 * 1024;

/// The body of a stream. Ends with its source, with the server, or with its credential.
pub(crate) struct EventBody {
    source: Source,
    ended: bool,
    first: Option<Bytes>,
    last: Instant,
    keep_alive: Pin<Box<Sleep>>,
    end: Pin<Box<WaitForCancellationFutureOwned>>,
    _slot: Slot,
}

enum Source {
    Session(BoxStream<'static, Frame>),
    Feed(BoxStream<'static, FeedFrame>),
}

impl EventBody {
    /// The stream of a session.
    pub(crate) fn session(frames: BoxStream<'static, Frame>, slot: Slot) -> Self {
        Self::new(Source::Session(frames), None, slot)
    }

    /// The feed, after a first piece that tells where it stands.
    pub(crate) fn feed(frames: BoxStream<'static, FeedFrame>, first: Bytes, slot: Slot) -> Self {
        Self::new(Source::Feed(frames), Some(first), slot)
    }

    fn new(source: Source, first: Option<Bytes>, slot: Slot) -> Self {
        Self {
            source,
            ended: false,
            first,
            last: Instant::now(),
            keep_alive: Box::pin(sleep(KEEP_ALIVE)),
            end: Box::pin(slot.end().cancelled_owned()),
            _slot: slot,
        }
    }

    /// Every frame that is ready, up to one piece; none when none is.
    fn ready(&mut self, cx: &mut Context<'_>) -> Option<Bytes> {
        match &mut self.source {
            Source::Session(frames) => {
                let mut one: Option<Bytes> = None;
                let mut many: Vec<u8> = Vec::new();
                while let Some(frame) = next(frames, cx, &mut self.ended) {
                    let bytes = encode_frame(&frame);
                    match one.take() {
                        None if many.is_empty() => one = Some(bytes),
                        None => many.extend_from_slice(&bytes),
                        Some(first) => {
                            many.reserve(first.len() + bytes.len());
                            many.extend_from_slice(&first);
                            many.extend_from_slice(&bytes);
                        }
                    }
                    if many.len() >= PIECE {
                        break;
                    }
                }
                one.or_else(|| (!many.is_empty()).then(|| many.into()))
            }
            Source::Feed(frames) => {
                let mut many: Vec<u8> = Vec::new();
                while many.len() < PIECE
                    && let Some(frame) = next(frames, cx, &mut self.ended)
                {
                    encode_feed_frame(&frame, &mut many);
                }
                (!many.is_empty()).then(|| many.into())
            }
        }
    }
}

/// The next frame, when one is ready; notes the end of the source.
fn next<T>(
    frames: &mut BoxStream<'static, T>,
    cx: &mut Context<'_>,
    ended: &mut bool,
) -> Option<T> {
    if *ended {
        return None;
    }
    match frames.poll_next_unpin(cx) {
        Poll::Ready(Some(frame)) => Some(frame),
        Poll::Ready(None) => {
            *ended = true;
            None
        }
        Poll::Pending => None,
    }
}

impl Stream for EventBody {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if let Some(piece) = this.ready(cx) {
            this.last = Instant::now();
            return Poll::Ready(Some(Ok(piece)));
        }
        if this.ended {
            return Poll::Ready(None);
        }
        while this.keep_alive.as_mut().poll(cx).is_ready() {
            let due = this.last + KEEP_ALIVE;
            let now = Instant::now();
            if due <= now {
                this.last = now;
                this.keep_alive.as_mut().reset(now + KEEP_ALIVE);
                return Poll::Ready(Some(Ok(Bytes::from_static(b": keep-alive\n\n"))));
            }
            this.keep_alive.as_mut().reset(due);
        }
        Poll::Pending
    }
}
