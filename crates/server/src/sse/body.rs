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
    Encoded(BoxStream<'static, Bytes>),
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

    /// Frames that are bytes already.
    pub(crate) fn encoded(frames: BoxStream<'static, Bytes>, slot: Slot) -> Self {
        Self::new(Source::Encoded(frames), None, slot)
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
            Source::Encoded(frames) => next(frames, cx, &mut self.ended),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        auth::{Caller, Credential},
        sse::StreamSlots,
    };
    use futures::stream;
    use serde_json::value::RawValue;
    use tokio_util::sync::CancellationToken;
    use uuid::Uuid;
    use weald_domain::{
        access::{Access, DeploymentRole},
        cursor::Cursor,
        event::{Envelope, Topic},
        time::UnixMillis,
    };

    fn slot(slots: &StreamSlots) -> Slot {
        let access = Access {
            user_id: Uuid::from_u128(1).into(),
            role: DeploymentRole::Admin,
            workspaces: std::collections::BTreeMap::new(),
        };
        let credential = Credential::Login("hash".into());
        slots.take(&Caller { access, credential }).expect("a place")
    }

    fn frame(k: u64) -> Frame {
        Frame::new(Envelope {
            event_id: Cursor { seq: 1, k },
            seq: 1,
            pos: None,
            topic: Topic::System,
            event_type: "content_delta".into(),
            version: 1,
            timestamp: UnixMillis(0),
            workspace_id: None,
            conversation_id: None,
            session_id: None,
            agent_id: None,
            payload: RawValue::from_string("{}".into()).expect("JSON"),
        })
    }

    async fn piece(body: &mut EventBody) -> Option<String> {
        let piece = body.next().await?.expect("never fails");
        Some(String::from_utf8(piece.to_vec()).expect("UTF-8"))
    }

    #[tokio::test]
    async fn all_that_is_ready_goes_out_in_one_piece() {
        let slots = StreamSlots::new(CancellationToken::new(), 64);
        let frames = stream::iter((1..=100).map(frame)).boxed();
        let mut body = EventBody::session(frames, slot(&slots));
        let first = piece(&mut body).await.expect("a piece");
        let ids: Vec<_> = first
            .lines()
            .filter_map(|line| line.strip_prefix("id: "))
            .collect();
        assert_eq!((ids.len(), ids[0], ids[99]), (100, "1-1", "1-100"));
        assert_eq!(piece(&mut body).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_says_every_fifteen_seconds_that_it_lives() {
        let slots = StreamSlots::new(CancellationToken::new(), 64);
        let frames = stream::iter([frame(1)]).chain(stream::pending()).boxed();
        let mut body = EventBody::session(frames, slot(&slots));
        assert!(
            piece(&mut body)
                .await
                .expect("a piece")
                .starts_with("id: 1-1\n")
        );
        let begun = Instant::now();
        for n in 1..=3 {
            assert_eq!(piece(&mut body).await.as_deref(), Some(": keep-alive\n\n"));
            assert_eq!(begun.elapsed().as_secs(), n * 15);
        }
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_credential_and_frees_its_place() {
        let slots = StreamSlots::new(CancellationToken::new(), 1);
        let mut body = EventBody::session(stream::pending().boxed(), slot(&slots));
        slots.revoke(&Credential::Login("hash".into()));
        assert_eq!(piece(&mut body).await, None);
        drop(body);
        drop(slot(&slots));
    }
}
