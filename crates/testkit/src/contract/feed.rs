//! The feed of the deployment.

use futures::{FutureExt, StreamExt, stream::BoxStream};
use serde_json::json;
use weald_domain::{
    access::Access,
    cursor::{Cursor, FEED_SESSIONS_MAX, FeedCursor},
    event::{SessionEvent, Topic, TopicFilter},
    ports::{FeedFrame, FollowError},
};

use super::{
    Ports,
    world::{World, event, next},
};

async fn follow(
    world: &World,
    access: &Access,
    topics: &[TopicFilter],
    after: FeedCursor,
) -> BoxStream<'static, FeedFrame> {
    let stream = world
        .ports
        .feed
        .follow(access, topics.to_vec(), after)
        .await;
    stream.expect("can be followed")
}

fn boundary(n: u64) -> SessionEvent {
    SessionEvent::Unknown {
        event_type: "a_boundary".into(),
        payload: n.to_string(),
    }
}

/// Reads events up to the head.
async fn drain(world: &World, stream: &mut BoxStream<'static, FeedFrame>) -> Vec<FeedFrame> {
    let head = world.ports.feed.head().await.expect("reads").pos;
    let mut frames = Vec::new();
    loop {
        let frame = next(stream).await;
        let at = frame.cursor.pos;
        frames.push(frame);
        if at >= head {
            return frames;
        }
    }
}

fn names(frames: &[FeedFrame]) -> Vec<String> {
    let name = |frame: &FeedFrame| {
        let envelope = frame.frame.envelope();
        format!("{} {}", envelope.event_type, envelope.event_id)
    };
    frames.iter().map(name).collect()
}

/// From history and live alike.
pub async fn the_feed_has_every_event_once_in_order(ports: Ports) {
    let world = World::of(ports).await;
    let mut early = follow(
        &world,
        &world.access,
        &[TopicFilter::All],
        FeedCursor::default(),
    )
    .await;
    let mut run = world.begin(world.new_run("hi")).await;
    world.finish(&mut run, "x").await;
    let live = drain(&world, &mut early).await;
    let positions: Vec<_> = live.iter().map(|f| f.frame.envelope().pos).collect();
    let expected: Vec<_> = (1..=live.len() as u64).map(Some).collect();
    assert_eq!(positions, expected);
    assert_eq!(
        names(&live[1..]),
        [
            "conversation.created 2-0",
            "run_started 1-0",
            "message_start 2-0",
            "content_done 3-0",
            "message_end 4-0",
            "run_completed 5-0"
        ]
    );
    let mut late = follow(
        &world,
        &world.access,
        &[TopicFilter::All],
        FeedCursor::default(),
    )
    .await;
    let stored = drain(&world, &mut late).await;
    assert_eq!(names(&stored), names(&live));
    for (a, b) in stored.iter().zip(&live) {
        assert_eq!(a.frame.envelope(), b.frame.envelope());
    }
    assert!(
        late.next().now_or_never().is_none(),
        "it never ends by itself"
    );
}

/// One position each, none left out, in the order of commits.
pub async fn positions_are_gapless_under_concurrency(ports: Ports) {
    let world = World::of(ports).await;
    let mut live = follow(
        &world,
        &world.access,
        &[TopicFilter::All],
        FeedCursor::default(),
    )
    .await;
    futures::future::join_all((0..10).map(|_| {
        let world = world.clone();
        async move {
            let mut run = world.begin(world.new_run("hi")).await;
            for n in 0..10 {
                world
                    .append(&mut run, vec![event(boundary(n)); 2], vec![])
                    .await;
            }
            world.finish(&mut run, "x").await;
        }
    }))
    .await;
    let frames = drain(&world, &mut live).await;
    let positions: Vec<_> = frames
        .iter()
        .filter_map(|f| f.frame.envelope().pos)
        .collect();
    assert_eq!(positions, (1..=positions.len() as u64).collect::<Vec<_>>());
    // The first workspace's event, then per run one edit, two events, twenty and three.
    assert_eq!(positions.len(), 1 + 10 * 26);
}

/// Spec 5.7: after event n of the session and before n + 1.
pub async fn deltas_stand_between_their_events(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.new_run("hi");
    let conversation = run.session.conversation_id;
    let topics = [
        TopicFilter::One(Topic::Conversation(conversation)),
        TopicFilter::One(Topic::Workspace(world.workspace)),
    ];
    let mut asked = follow(&world, &world.access, &topics, FeedCursor::default()).await;
    let mut plain = follow(
        &world,
        &world.access,
        &[TopicFilter::All],
        FeedCursor::default(),
    )
    .await;
    let mut run = world.begin(run).await;
    let mut other = world.begin(world.new_run("other")).await;
    let origin = world.origin(&run);
    let mut log = world.ports.live_log.open(origin, 1).await.expect("opens");
    let origin = world.origin(&other);
    let mut other_log = world.ports.live_log.open(origin, 1).await.expect("opens");
    let now = world.ports.now();
    log.write(
        2,
        &[world.delta(&run, 0, "a"), world.delta(&run, 1, "b")],
        now,
    )
    .expect("writes");
    other_log
        .write(2, &[world.delta(&other, 0, "no")], now)
        .expect("writes");
    world
        .append(&mut run, vec![event(boundary(1))], vec![])
        .await;
    log.write(3, &[world.delta(&run, 2, "c")], now)
        .expect("writes");
    world.finish(&mut other, "no").await;
    world.finish(&mut run, "abc").await;
    let mine: Vec<_> = drain(&world, &mut asked)
        .await
        .into_iter()
        .filter(|f| f.frame.envelope().session_id == Some(run.session.id))
        .collect();
    assert_eq!(
        names(&mine),
        [
            "run_started 1-0",
            "message_start 2-0",
            "content_delta 2-1",
            "content_delta 2-2",
            "a_boundary 3-0",
            "content_delta 3-1",
            "content_done 4-0",
            "message_end 5-0",
            "run_completed 6-0"
        ]
    );
    let at = &mine[3].cursor;
    assert_eq!(
        at.sessions.get(&run.session.id),
        Some(&Cursor { seq: 2, k: 2 })
    );
    assert!(mine[4].cursor.sessions.is_empty());
    let seen = drain(&world, &mut plain).await;
    assert!(
        seen.iter().all(|f| f.frame.envelope().pos.is_some()),
        "nobody asked for deltas"
    );
    // The same from history, after it is all over.
    let mut late = follow(&world, &world.access, &topics, FeedCursor::default()).await;
    let late: Vec<_> = drain(&world, &mut late)
        .await
        .into_iter()
        .filter(|f| f.frame.envelope().session_id == Some(run.session.id))
        .collect();
    assert_eq!(names(&late), names(&mine));
}

/// Every cut continues with the very next frame, deltas included.
pub async fn a_feed_cursor_continues_where_it_stopped(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.new_run("hi");
    let topics = [TopicFilter::One(Topic::Conversation(
        run.session.conversation_id,
    ))];
    let mut run = world.begin(run).await;
    let mut all = follow(&world, &world.access, &topics, FeedCursor::default()).await;
    let origin = world.origin(&run);
    let mut log = world.ports.live_log.open(origin, 1).await.expect("opens");
    let mut frames = Vec::new();
    // conversation.created, run_started, message_start
    for _ in 0..3 {
        frames.push(next(&mut all).await);
    }
    let mut offset = 0;
    for n in 0..3 {
        for _ in 0..4 {
            let delta = world.delta(&run, offset, "x");
            log.write(run.lease.head_seq, &[delta], world.ports.now())
                .expect("writes");
            offset += 1;
            frames.push(next(&mut all).await);
            // While it runs: the rest up to now follows from any cursor.
            let from = frames.len() / 2;
            let after = frames[from].cursor.clone();
            let mut rest = follow(&world, &world.access, &topics, after).await;
            let mut got = Vec::new();
            for _ in from + 1..frames.len() {
                got.push(next(&mut rest).await);
            }
            assert_eq!(names(&got), names(&frames[from + 1..]));
        }
        world
            .append(&mut run, vec![event(boundary(n))], vec![])
            .await;
        frames.push(next(&mut all).await);
    }
    world.finish(&mut run, "x").await;
    for _ in 0..3 {
        frames.push(next(&mut all).await);
    }
    for (n, frame) in frames.iter().enumerate().take(frames.len() - 1) {
        let text = frame.cursor.to_string().parse().expect("a cursor");
        let mut rest = follow(&world, &world.access, &topics, text).await;
        let rest = drain(&world, &mut rest).await;
        assert_eq!(
            names(&rest),
            names(&frames[n + 1..]),
            "after {}",
            frame.cursor
        );
    }
}

/// 400 `cursor_ahead`.
pub async fn a_feed_cursor_beyond_the_head_is_told(ports: Ports) {
    let world = World::of(ports).await;
    let mut cursor = world.ports.feed.head().await.expect("reads");
    let topics = vec![TopicFilter::All];
    let at_head = world
        .ports
        .feed
        .follow(&world.access, topics.clone(), cursor.clone())
        .await;
    assert!(at_head.is_ok());
    cursor.pos += 1;
    let told = world.ports.feed.follow(&world.access, topics, cursor).await;
    assert!(matches!(told.err(), Some(FollowError::Ahead)));
}

/// Another's workspace is silent, its deltas too.
pub async fn foreign_events_are_not_seen(ports: Ports) {
    let world = World::of(ports).await;
    let stranger = world.stranger();
    let run = world.new_run("hi");
    let topics = [
        TopicFilter::All,
        TopicFilter::One(Topic::Conversation(run.session.conversation_id)),
        TopicFilter::One(Topic::Session(run.session.id)),
    ];
    let mut foreign = follow(&world, &stranger, &topics, FeedCursor::default()).await;
    let mut run = world.begin(run).await;
    let mut late = follow(&world, &stranger, &topics, FeedCursor::default()).await;
    let origin = world.origin(&run);
    let mut log = world.ports.live_log.open(origin, 1).await.expect("opens");
    log.write(2, &[world.delta(&run, 0, "x")], world.ports.now())
        .expect("writes");
    world.finish(&mut run, "x").await;
    // An event of the deployment is for all: it comes first, so nothing was before it.
    let provider = super::edits::provider(&world, "open");
    world
        .ports
        .providers
        .create(provider, world.access.user_id)
        .await
        .expect("stores");
    for stream in [&mut foreign, &mut late] {
        let frame = next(stream).await;
        assert_eq!(frame.frame.envelope().event_type, "provider.created");
    }
}

/// What a user set is that user's.
pub async fn settings_are_seen_by_their_user_only(ports: Ports) {
    let world = World::of(ports).await;
    let head = world.ports.feed.head().await.expect("reads");
    let all = [TopicFilter::All];
    let mut mine = follow(&world, &world.access, &all, head.clone()).await;
    let mut others = follow(&world, &world.stranger(), &all, head).await;
    let patch = [("app.theme".to_owned(), json!("dark"))]
        .into_iter()
        .collect();
    let settings = &world.ports.settings;
    settings
        .update(world.access.user_id, patch, world.ports.now())
        .await
        .expect("stores");
    let provider = super::edits::provider(&world, "open");
    world
        .ports
        .providers
        .create(provider, world.access.user_id)
        .await
        .expect("stores");
    let frame = next(&mut mine).await;
    assert_eq!(frame.frame.envelope().event_type, "setting.updated");
    assert_eq!(
        frame.frame.envelope().topic,
        Topic::User(world.access.user_id)
    );
    let frame = next(&mut others).await;
    assert_eq!(frame.frame.envelope().event_type, "provider.created");
}

/// However many sessions are asked for, a cursor names no more of them than it may.
pub async fn a_feed_never_hands_out_a_cursor_that_it_refuses(ports: Ports) {
    let world = World::of(ports).await;
    let now = world.ports.now();
    let mut runs = Vec::new();
    for _ in 0..=FEED_SESSIONS_MAX {
        let run = world.begin(world.new_run("hi")).await;
        let origin = world.origin(&run);
        let log = world.ports.live_log.open(origin, 1).await.expect("opens");
        runs.push((run, log));
    }
    let topics: Vec<_> = runs
        .iter()
        .map(|(run, _)| TopicFilter::One(Topic::Session(run.session.id)))
        .collect();
    let head = world.ports.feed.head().await.expect("reads");
    let mut stream = follow(&world, &world.access, &topics, head).await;
    for (run, log) in &mut runs {
        log.write(2, &[world.delta(run, 0, "a")], now)
            .expect("writes");
    }
    let mut newest = None;
    for _ in 0..FEED_SESSIONS_MAX {
        newest = Some(next(&mut stream).await.cursor);
    }
    let newest = newest.expect("there were some");
    assert_eq!(newest.sessions.len(), FEED_SESSIONS_MAX);
    assert_eq!(newest.to_string().parse(), Ok(newest));
    // The one that is too many still tells its events.
    for (run, _) in &mut runs {
        world.finish(run, "a").await;
    }
    let ends = drain(&world, &mut stream).await;
    let ends = ends.iter().filter(|f| f.frame.envelope().is_terminal());
    assert_eq!(ends.count(), runs.len());
}
