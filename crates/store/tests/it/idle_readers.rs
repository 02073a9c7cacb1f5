//! Readers that are asked once and then left alone, as by a client that stopped reading.

use futures::{FutureExt, StreamExt};
use weald_domain::cursor::Cursor;
use weald_testkit::contract::world::{World, next, soon};

use crate::fresh;

/// More than there are connections of readers and logs read at once.
const IDLE: usize = 6;

#[tokio::test]
async fn readers_that_are_not_polled_keep_no_other_from_catching_up() {
    let world = World::of(fresh().await).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let log = &world.ports.live_log;
    let mut log = log.open(world.origin(&run), 1).await.expect("opens");
    for n in 0..100 {
        let delta = world.delta(&run, n, "x");
        log.write(2, &[delta], world.ports.now()).expect("writes");
    }
    let streams = &world.ports.streams;
    let follow = || streams.follow(run.session.id, Cursor::START);
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        let mut frames = follow().await.expect("can be followed");
        let first = frames.next().now_or_never();
        assert!(first.is_none(), "the ring holds what was to be caught up");
        idle.push(frames);
    }

    let mut frames = follow().await.expect("can be followed");
    next(&mut frames).await;

    world.finish(&mut run, &"x".repeat(100)).await;
    for frames in idle {
        assert!(soon(frames.count()).await > 0);
    }
}
