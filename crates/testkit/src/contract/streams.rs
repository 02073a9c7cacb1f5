//! The streams of sessions and their live logs, as readers see them.

use futures::{FutureExt, StreamExt, stream::BoxStream};
use weald_domain::{
    cursor::Cursor,
    event::{
        Envelope, SessionEvent,
        session::{Checkpointed, ContentDelta, PartOffset, Resync},
    },
    limits::{READER_QUEUE_MAX, STREAM_TTL_MS},
    message::CheckpointReason,
    ports::{FollowError, Frame, LiveWriter},
};

use super::{
    Ports,
    world::{Running, World, event, next, soon},
};

async fn follow(world: &World, run: &Running, after: Cursor) -> BoxStream<'static, Frame> {
    let stream = world.ports.streams.follow(run.session.id, after).await;
    stream.expect("can be followed")
}

async fn live(world: &World, run: &Running) -> Box<dyn LiveWriter> {
    let log = &world.ports.live_log;
    log.open(world.origin(run), run.lease.epoch)
        .await
        .expect("opens")
}

fn ids(frames: &[Frame]) -> Vec<String> {
    frames
        .iter()
        .map(|frame| frame.envelope().event_id.to_string())
        .collect()
}

/// What a client shows: deltas at their offsets, a resync in place of all before it.
#[derive(Debug, Default)]
pub struct Screen {
    /// The text of the answer.
    pub text: String,
    /// The newest frame shown.
    pub last: Cursor,
    /// How often the text came whole.
    pub resyncs: usize,
}

impl Screen {
    /// Shows a frame, which must be the next one.
    pub fn show(&mut self, envelope: &Envelope) {
        assert!(envelope.event_id > self.last, "{} again", envelope.event_id);
        self.last = envelope.event_id;
        match envelope.session_event() {
            SessionEvent::ContentDelta(ContentDelta { offset, delta, .. }) => {
                assert_eq!(
                    offset,
                    self.text.chars().count() as u64,
                    "a gap or an overlap"
                );
                self.text.push_str(&delta);
            }
            SessionEvent::Resync(Resync { text, .. }) => {
                self.text = text;
                self.resyncs += 1;
            }
            _ => {}
        }
    }
}

/// History first, then what comes, then the end.
pub async fn a_follower_sees_history_and_then_live(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = live(&world, &run).await;
    let now = world.ports.now();
    log.write(2, &[world.delta(&run, 0, "Hel")], now)
        .expect("writes");
    let mut frames = follow(&world, &run, Cursor::START).await;
    let mut seen = vec![
        next(&mut frames).await,
        next(&mut frames).await,
        next(&mut frames).await,
    ];
    log.write(2, &[world.delta(&run, 3, "lo")], now)
        .expect("writes");
    seen.push(next(&mut frames).await);
    world.finish(&mut run, "Hello").await;
    seen.extend(soon(frames.collect::<Vec<_>>()).await);
    assert_eq!(
        ids(&seen),
        ["1-0", "2-0", "2-1", "2-2", "3-0", "4-0", "5-0"]
    );
    let mut screen = Screen::default();
    seen.iter().for_each(|frame| screen.show(frame.envelope()));
    assert_eq!(screen.text, "Hello");
    assert_eq!(seen[2].envelope().session_id, Some(run.session.id));
    assert_eq!(seen[2].envelope().pos, None);
    assert!(seen[6].envelope().is_terminal());
}

/// Every cut continues with the very next frame.
pub async fn a_cursor_continues_where_it_stopped(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = live(&world, &run).await;
    let now = world.ports.now();
    for n in 0..5 {
        log.write(2, &[world.delta(&run, n, "x")], now)
            .expect("writes");
    }
    world.finish(&mut run, "xxxxx").await;
    let all: Vec<_> = follow(&world, &run, Cursor::START).await.collect().await;
    for (n, frame) in all.iter().enumerate().take(all.len() - 1) {
        let rest = follow(&world, &run, frame.envelope().event_id).await;
        let rest: Vec<_> = soon(rest.collect()).await;
        assert_eq!(ids(&rest), ids(&all[n + 1..]));
        let same = |(a, b): (&Frame, &Frame)| assert_eq!(a.envelope(), b.envelope());
        rest.iter().zip(&all[n + 1..]).for_each(same);
    }
}

/// Spec section 2, SSE frame.
pub async fn cursors_beyond_the_head_and_after_the_end_are_told(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = live(&world, &run).await;
    log.write(2, &[world.delta(&run, 0, "x")], world.ports.now())
        .expect("writes");
    let streams = world.ports.streams.clone();
    let id = run.session.id;
    let told = |seq, k| {
        let streams = streams.clone();
        async move { streams.follow(id, Cursor { seq, k }).await.err() }
    };
    assert!(matches!(told(2, 2).await, Some(FollowError::Ahead)));
    assert!(matches!(told(3, 0).await, Some(FollowError::Ahead)));
    assert!(told(2, 1).await.is_none());
    let head = streams.head(id).await.expect("reads").expect("some");
    assert_eq!((head.head, head.terminal), (Cursor { seq: 2, k: 1 }, None));
    assert_eq!(
        streams.conversation_of(id),
        Some(run.session.conversation_id)
    );
    world.finish(&mut run, "x").await;
    let head = streams.head(id).await.expect("reads").expect("some");
    assert_eq!(head.terminal, Some(Cursor::durable(5)));
    assert!(matches!(told(5, 0).await, Some(FollowError::Ended)));
    assert!(matches!(told(9, 0).await, Some(FollowError::Ahead)));
    assert!(told(4, 0).await.is_none());
    assert_eq!(streams.head(world.id()).await.expect("reads"), None);
}

/// 300 s after its end a stream is gone; its history is read from the session.
pub async fn a_session_that_is_long_over_is_gone(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    world.finish(&mut run, "x").await;
    world.ports.clock.advance_ms(STREAM_TTL_MS);
    let all: Vec<_> = follow(&world, &run, Cursor::START).await.collect().await;
    assert_eq!(ids(&all), ["1-0", "2-0", "3-0", "4-0", "5-0"]);
    world.ports.clock.advance_ms(1);
    let gone = world
        .ports
        .streams
        .follow(run.session.id, Cursor::START)
        .await;
    assert!(matches!(gone.err(), Some(FollowError::Gone)));
}

/// A reader that stops reading never blocks the writer, and is whole again when it goes on.
pub async fn a_slow_reader_is_resynced_whole(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = live(&world, &run).await;
    let mut frames = follow(&world, &run, Cursor::START).await;
    let mut screen = Screen::default();
    for _ in 0..2 {
        screen.show(next(&mut frames).await.envelope());
    }
    let now = world.ports.now();
    let word = "wörd ".repeat(40);
    let mut offset = 0;
    for _ in 0..6_000 {
        log.write(2, &[world.delta(&run, offset, &word)], now)
            .expect("writes");
        offset += word.chars().count() as u64;
    }
    let said = word.repeat(6_000);
    world.finish(&mut run, &said).await;
    let rest: Vec<_> = soon(frames.collect()).await;
    rest.iter().for_each(|frame| screen.show(frame.envelope()));
    assert_eq!(screen.resyncs, 1);
    assert_eq!(screen.text, said);
    assert!(rest.len() < 10, "{} frames", rest.len());
}

/// The port's own reading end.
pub async fn a_reader_of_the_live_log_sees_what_was_written(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("hi")).await;
    let mut log = live(&world, &run).await;
    let now = world.ports.now();
    let batch = [world.delta(&run, 0, "a"), world.delta(&run, 1, "b")];
    let cursor = log.write(2, &batch, now).expect("writes");
    assert_eq!(cursor, Cursor { seq: 2, k: 2 });
    let read = async |after| {
        world
            .ports
            .live_log
            .read(run.session.id, after)
            .await
            .expect("reads")
    };
    let tail = read(Cursor::START).await;
    assert_eq!(
        (ids(&tail.frames), tail.gap),
        (vec!["2-1".into(), "2-2".into()], false)
    );
    let tail = read(Cursor { seq: 2, k: 1 }).await;
    assert_eq!(ids(&tail.frames), ["2-2"]);
    assert_eq!(tail.frames[0].envelope().session_event(), batch[1]);
    drop(log);
    let mut again = live(&world, &run).await;
    let cursor = again
        .write(2, &[world.delta(&run, 2, "c")], now)
        .expect("writes");
    assert_eq!(cursor, Cursor { seq: 2, k: 3 }, "an id is never used twice");
}

/// A reconnect with more than the limit behind it gets the text once, and goes on behind it.
pub async fn a_backlog_above_the_limit_is_one_resync(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("hi")).await;
    let mut log = live(&world, &run).await;
    let now = world.ports.now();
    let word = "x".repeat(1_000);
    let count = READER_QUEUE_MAX / 1_000 + 50;
    for n in 0..count {
        log.write(2, &[world.delta(&run, n as u64 * 1_000, &word)], now)
            .expect("writes");
    }
    let end = Cursor {
        seq: 2,
        k: count as u64,
    };
    // From the start, and from the middle of the part, before anything is in SQL.
    for after in [Cursor::START, Cursor { seq: 2, k: 3 }] {
        let mut frames = follow(&world, &run, after).await;
        let mut screen = Screen {
            text: word.repeat(usize::try_from(after.k).expect("small")),
            last: after,
            resyncs: 0,
        };
        while screen.last < end {
            screen.show(next(&mut frames).await.envelope());
        }
        assert_eq!((screen.resyncs, screen.text.len()), (1, count * 1_000));
        assert!(frames.next().now_or_never().is_none());
        let near = Cursor {
            seq: 2,
            k: count as u64 - 2,
        };
        let mut frames = follow(&world, &run, near).await;
        assert_eq!(
            next(&mut frames).await.envelope().event_type,
            "content_delta"
        );
    }
}

/// A checkpoint is a frame of the live log and counts like one.
fn checkpoint(world: &World, run: &Running, offset: u64) -> SessionEvent {
    Checkpointed {
        message_id: run.reply.id,
        reason: CheckpointReason::Interval,
        offsets: vec![PartOffset { part: 0, offset }],
        at: world.ports.now(),
    }
    .into()
}

/// Twenty readers, each cut again and again at its own pace, beside a writer at full speed.
pub async fn many_followers_with_cuts_lose_and_double_nothing(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("hi")).await;
    let readers = (0..20usize).map(|n| {
        let (world, run) = (world.clone(), run.clone());
        async move {
            let mut screen = Screen::default();
            for cut in 1.. {
                let mut frames = follow(&world, &run, screen.last).await;
                for _ in 0..=(n * 7 + cut * 3) % 50 {
                    let Some(frame) = soon(frames.next()).await else {
                        return screen;
                    };
                    screen.show(frame.envelope());
                    if frame.envelope().is_terminal() {
                        return screen;
                    }
                }
            }
            screen
        }
    });
    let writer = async {
        let (world, mut run) = (world.clone(), run.clone());
        let mut log = live(&world, &run).await;
        let mut said = String::new();
        for n in 0..400u64 {
            let word = format!("{n} ");
            let offset = said.chars().count() as u64;
            said.push_str(&word);
            let seq = run.lease.head_seq;
            let mut batch = vec![world.delta(&run, offset, &word)];
            if n % 31 == 0 {
                batch.push(checkpoint(&world, &run, offset));
            }
            log.write(seq, &batch, world.ports.now()).expect("writes");
            if n % 17 == 0 {
                let now = world.ports.now();
                let event = event(SessionEvent::Unknown {
                    event_type: "a_boundary".into(),
                    payload: format!("{}", now.0),
                });
                world.append(&mut run, vec![event], vec![]).await;
            }
            tokio::task::yield_now().await;
        }
        world.finish(&mut run, &said).await;
        said
    };
    let (said, screens) = tokio::join!(writer, futures::future::join_all(readers));
    for screen in screens {
        assert_eq!(screen.text, said);
    }
}

/// Files go 300 s after the end, and those of nobody at once.
pub async fn the_sweep_takes_logs_of_ended_sessions(ports: Ports) {
    let world = World::of(ports).await;
    let mut ended = world.begin(world.new_run("hi")).await;
    let running = world.begin(world.new_run("hi")).await;
    for run in [&ended, &running] {
        let mut log = live(&world, run).await;
        log.write(2, &[world.delta(run, 0, "x")], world.ports.now())
            .expect("writes");
    }
    world.finish(&mut ended, "x").await;
    world
        .ports
        .live_log
        .close(ended.session.id, world.ports.now())
        .await;
    let held = async |run: &Running| {
        let tail = world
            .ports
            .live_log
            .read(run.session.id, Cursor::START)
            .await;
        tail.expect("reads").frames.len()
    };
    let sweep = async |ms| {
        let now = world.ports.clock.advance_ms(ms);
        world.ports.live_log.sweep(now).await.expect("sweeps");
    };
    sweep(STREAM_TTL_MS - 1).await;
    assert_eq!((held(&ended).await, held(&running).await), (1, 1));
    sweep(2).await;
    assert_eq!((held(&ended).await, held(&running).await), (0, 1));
}
