//! What a new process finds when the old one is gone without a word.

use std::{fs::OpenOptions, io::Write, sync::Arc};

use futures::StreamExt;
use tempfile::TempDir;
use weald_domain::cursor::Cursor;
use weald_store::Store;
use weald_testkit::{
    clock::FakeClock,
    contract::{
        streams::Screen,
        world::{Running, World, next, soon},
    },
};

use crate::fresh::{open, ports};

/// A store that is left as a killed process leaves it, and the next one on its folder.
async fn killed(store: Store, world: World, folder: &Arc<TempDir>) -> (Store, World) {
    let clock = world.ports.clock.clone();
    drop((store, world));
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder.clone())).await;
    (store, world)
}

async fn first() -> (Arc<TempDir>, Store, World) {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder.clone())).await;
    (folder, store, world)
}

async fn said(world: &World, run: &Running, words: &[&str]) {
    let log = &world.ports.live_log;
    let mut log = log
        .open(world.origin(run), run.lease.epoch)
        .await
        .expect("opens");
    let mut offset = 0;
    for word in words {
        let delta = world.delta(run, offset, word);
        log.write(run.lease.head_seq, &[delta], world.ports.now())
            .expect("writes");
        offset += word.chars().count() as u64;
    }
}

#[tokio::test]
async fn an_orphan_is_claimed_at_once_with_a_higher_epoch() {
    let (folder, store, world) = first().await;
    let run = world.begin(world.new_run("hi")).await;
    let mut parked = world.begin(world.new_run("parked")).await;
    let park = vec![weald_domain::ports::Write::Park];
    world.append(&mut parked, vec![], park).await;
    let mut back = world.begin(world.new_run("handed back")).await;
    let hand_back = vec![weald_domain::ports::Write::HandBack];
    world.append(&mut back, vec![], hand_back).await;
    let (_store, world) = killed(store, world, &folder).await;
    let waiting = world.ports.journal.waiting().await.expect("reads");
    let waiting: Vec<_> = waiting.iter().map(|w| (w.session_id, w.orphaned)).collect();
    assert_eq!(waiting, [(run.session.id, true), (back.session.id, false)]);
    let claimed = world
        .ports
        .journal
        .claim(run.session.id)
        .await
        .expect("claims");
    let claimed = claimed.expect("its owner is gone");
    assert_eq!((claimed.lease.epoch, claimed.lease.head_seq), (2, 2));
    let parked = world
        .ports
        .journal
        .claim(parked.session.id)
        .await
        .expect("reads");
    assert!(parked.is_none(), "a parked session stays parked");
}

#[tokio::test]
async fn a_resumed_stream_has_every_character_once() {
    let (folder, store, world) = first().await;
    let mut run = world.begin(world.new_run("hi")).await;
    said(&world, &run, &["Hel", "lo ", "wör"]).await;
    let mut screen = Screen::default();
    let follow = world.ports.streams.follow(run.session.id, Cursor::START);
    let mut frames = follow.await.expect("follows");
    while screen.text != "Hello " {
        screen.show(next(&mut frames).await.envelope());
    }
    drop(frames);
    let (_store, world) = killed(store, world, &folder).await;
    // Before anybody claims it, after the claim, and after its first durable event.
    let id = run.session.id;
    let resume = async |world: &World, last| {
        let follow = world.ports.streams.follow(id, last);
        follow.await.expect("the cursor is still good")
    };
    let newest = Cursor { seq: 2, k: 3 };
    drop(resume(&world, newest).await);
    let claimed = world
        .ports
        .journal
        .claim(run.session.id)
        .await
        .expect("claims");
    run.lease = claimed.expect("its owner is gone").lease;
    drop(resume(&world, newest).await);
    let frames = resume(&world, screen.last).await;
    world.finish(&mut run, "Hello wör").await;
    let rest: Vec<_> = soon(frames.collect()).await;
    rest.iter().for_each(|frame| screen.show(frame.envelope()));
    assert_eq!(screen.text, "Hello wör");
    assert_eq!(screen.last, Cursor::durable(5));
    let mut whole = Screen::default();
    let frames: Vec<_> = resume(&world, Cursor::START).await.collect().await;
    frames.iter().for_each(|frame| whole.show(frame.envelope()));
    assert_eq!((whole.text, whole.last), (screen.text, screen.last));
}

#[tokio::test]
async fn a_torn_tail_is_cut_and_written_over() {
    let (folder, store, world) = first().await;
    let mut run = world.begin(world.new_run("hi")).await;
    said(&world, &run, &["a", "b"]).await;
    let path = store.folder().live_log(run.session.id);
    let mut file = OpenOptions::new().append(true).open(&path).expect("opens");
    file.write_all(&[40, 0, 0, 0, 1, 2, 3, 4, 9, 9])
        .expect("writes");
    let (_store, world) = killed(store, world, &folder).await;
    let claimed = world
        .ports
        .journal
        .claim(run.session.id)
        .await
        .expect("claims");
    run.lease = claimed.expect("its owner is gone").lease;
    let mut log = world
        .ports
        .live_log
        .open(world.origin(&run), 2)
        .await
        .expect("opens");
    let delta = world.delta(&run, 2, "c");
    let cursor = log.write(2, &[delta], world.ports.now()).expect("writes");
    assert_eq!(cursor, Cursor { seq: 2, k: 3 });
    let tail = world
        .ports
        .live_log
        .read(run.session.id, Cursor::START)
        .await;
    assert_eq!(tail.expect("reads").frames.len(), 3);
}

#[tokio::test]
async fn positions_go_on_where_they_stopped() {
    let (folder, store, world) = first().await;
    world.begin(world.new_run("hi")).await;
    let before = world.ports.feed.head().await.expect("reads").pos;
    let (_store, world) = killed(store, world, &folder).await;
    assert_eq!(world.ports.feed.head().await.expect("reads").pos, before);
    world.begin(world.new_run("hi")).await;
    assert_eq!(
        world.ports.feed.head().await.expect("reads").pos,
        before + 3
    );
}

#[tokio::test]
async fn closing_ends_the_followers() {
    let (_folder, store, world) = first().await;
    let run = world.begin(world.new_run("hi")).await;
    let streams = &world.ports.streams;
    let frames = streams
        .follow(run.session.id, Cursor::START)
        .await
        .expect("follows");
    let topics = vec![weald_domain::event::TopicFilter::All];
    let after = weald_domain::cursor::FeedCursor::default();
    let feed = world
        .ports
        .feed
        .follow(&world.access, topics, after)
        .await
        .expect("follows");
    let (frames, feed, ()) = soon(async {
        tokio::join!(
            frames.collect::<Vec<_>>(),
            feed.collect::<Vec<_>>(),
            store.close()
        )
    })
    .await;
    assert!(frames.len() <= 2 && feed.len() <= 4);
}

#[tokio::test]
async fn a_reader_goes_on_when_somebody_removed_the_live_log() {
    let (_folder, store, world) = first().await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut frames = {
        let follow = world.ports.streams.follow(run.session.id, Cursor::START);
        follow.await.expect("follows")
    };
    next(&mut frames).await;
    let log = &world.ports.live_log;
    let mut log = log.open(world.origin(&run), 1).await.expect("opens");
    // More than the ring holds, behind a reader that does not read.
    for n in 0..5_000 {
        log.write(2, &[world.delta(&run, n, "x")], world.ports.now())
            .expect("writes");
    }
    std::fs::remove_file(store.folder().live_log(run.session.id)).expect("removes");
    world.finish(&mut run, &"x".repeat(5_000)).await;
    let mut screen = Screen::default();
    let rest: Vec<_> = soon(frames.collect()).await;
    let resync = rest
        .iter()
        .position(|frame| frame.envelope().event_type == "resync");
    let from = resync.expect("what is gone is told");
    rest[from..]
        .iter()
        .for_each(|frame| screen.show(frame.envelope()));
    assert_eq!(screen.text.len(), 5_000);
}
