//! MY-53: a token costs no SQL statement, whoever watches.

use std::sync::Arc;

use futures::StreamExt;
use tempfile::TempDir;
use weald_domain::{
    cursor::{Cursor, FeedCursor},
    event::{Topic, TopicFilter},
};
use weald_testkit::{
    clock::FakeClock,
    contract::world::{World, next},
};

use crate::fresh::{open, ports};

#[tokio::test]
async fn a_token_costs_no_statement() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder)).await;
    let run = world.begin(world.new_run("hi")).await;
    let mut log = world
        .ports
        .live_log
        .open(world.origin(&run), 1)
        .await
        .expect("opens");
    let streams = &world.ports.streams;
    let frames = streams
        .follow(run.session.id, Cursor::START)
        .await
        .expect("follows");
    let mut frames = frames.skip(2);
    let topics = vec![TopicFilter::One(Topic::Session(run.session.id))];
    let feed = &world.ports.feed;
    let after = FeedCursor::default();
    let feed = feed
        .follow(&world.access, topics, after)
        .await
        .expect("follows");
    let mut feed = feed.skip(2);
    // The first token brings both readers up to date.
    log.write(2, &[world.delta(&run, 0, "x")], world.ports.now())
        .expect("writes");
    next(&mut frames).await;
    next(&mut feed).await;
    let before = store.statement_count();
    assert!(before > 0);
    for n in 1..=1_000 {
        log.write(2, &[world.delta(&run, n, "x")], world.ports.now())
            .expect("writes");
        next(&mut frames).await;
        next(&mut feed).await;
    }
    assert_eq!(store.statement_count() - before, 0);
}
