//! Tests of logs above their cap: what a checkpoint covers goes, what it does not cover stays.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use futures::StreamExt;
use weald_domain::{
    cursor::Cursor,
    event::{
        SessionEvent,
        session::{Checkpointed, PartOffset},
    },
    message::{CheckpointReason, MessageMetadata, TextState},
    ports::{LiveLog, LiveWriter, SessionStreams, Write},
};
use weald_testkit::{
    clock::{FakeClock, TestIds},
    contract::{
        Ports,
        streams::Screen,
        world::{Running, World, next, soon, text},
    },
};

use crate::{DatabaseAddress, SecretsBackend, Store, StoreConfig, bus::log_writer::LogWriter};

const CAP: u64 = 20_000;

async fn store(folder: &Path, clock: &FakeClock) -> Store {
    let config = StoreConfig {
        data_root: folder.join("data"),
        database: DatabaseAddress::Sqlite,
        machine_key: folder.join("key"),
        secrets: SecretsBackend::Environment,
        environment: BTreeMap::new(),
        owner_name: "Ada".into(),
        stream_ttl_ms: 300_000,
    };
    let ids = Arc::new(TestIds::seeded(9));
    Store::open(config, Arc::new(clock.clone()), ids)
        .await
        .expect("opens")
}

fn ports(store: &Store, clock: FakeClock) -> Ports {
    Ports {
        clock,
        ids: Arc::new(TestIds::seeded(10)),
        approvals: store.approvals(),
        assets: store.assets(),
        blobs: store.blobs(),
        conversations: store.conversations(),
        feed: store.feed(),
        folders: store.folders(),
        identity: store.identity(),
        inbox: store.inbox(),
        journal: store.journal(),
        live_log: store.live_log(),
        presets: store.presets(),
        projects: store.projects(),
        providers: store.providers(),
        request_keys: store.request_keys(),
        secrets: store.secrets(),
        sessions: store.sessions(),
        streams: store.session_streams(),
        settings: store.settings(),
        workspaces: store.workspaces(),
        keep: Arc::new(()),
    }
}

/// The writer of a log with a small cap.
fn capped(store: &Store, world: &World, run: &Running) -> LogWriter {
    let channel = store
        .0
        .bus
        .registry
        .open(&world.origin(run))
        .expect("a session");
    let path = store.0.folder.live_log(run.session.id);
    let mut writer = LogWriter::open(path, channel, 1).expect("opens");
    writer.trim_at = CAP;
    writer
}

/// Says words until the log was trimmed; with a checkpoint after every tenth.
async fn say(world: &World, run: &mut Running, log: &mut LogWriter, checkpoints: bool) -> String {
    let mut said = String::new();
    for n in 0..300 {
        let word = format!("wörd {n} ");
        let offset = said.chars().count() as u64;
        let delta = world.delta(run, offset, &word);
        log.write(2, &[delta], world.ports.now()).expect("writes");
        said.push_str(&word);
        if checkpoints && n % 10 == 9 {
            let parts = Write::Parts {
                message_id: run.reply.id,
                parts: vec![text(&said, TextState::Streaming)],
                metadata: MessageMetadata::default(),
                at: world.ports.now(),
            };
            world.append(run, vec![], vec![parts]).await;
            let checkpoint = SessionEvent::from(Checkpointed {
                message_id: run.reply.id,
                reason: CheckpointReason::Interval,
                offsets: vec![PartOffset {
                    part: 0,
                    offset: said.chars().count() as u64,
                }],
                at: world.ports.now(),
            });
            log.write(2, &[checkpoint], world.ports.now())
                .expect("writes");
        }
    }
    said
}

#[tokio::test]
async fn a_trimmed_log_resyncs_whoever_needs_what_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = FakeClock::default();
    let store = store(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock)).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = capped(&store, &world, &run);
    let said = say(&world, &mut run, &mut log, true).await;
    let size = std::fs::metadata(store.0.folder.live_log(run.session.id))
        .expect("is there")
        .len();
    assert!(size < CAP * 2, "{size} bytes");
    let early = Cursor { seq: 2, k: 5 };
    let tail = store.read(run.session.id, early).await.expect("reads");
    assert!(tail.gap, "frames after the cursor are gone");
    let newest = tail
        .frames
        .last()
        .expect("some are kept")
        .envelope()
        .event_id;
    let near = Cursor {
        k: newest.k - 2,
        ..newest
    };
    assert!(!store.read(run.session.id, near).await.expect("reads").gap);
    for after in [Cursor::START, early] {
        let mut screen = Screen {
            text: "wörd 0 wörd 1 wörd 2 wörd 3 wörd 4 ".into(),
            last: after,
            resyncs: 0,
        };
        let mut frames = store.follow(run.session.id, after).await.expect("follows");
        while screen.last < newest {
            screen.show(next(&mut frames).await.envelope());
        }
        assert_eq!((screen.resyncs, screen.text == said), (1, true));
    }
    world.finish(&mut run, &said).await;
    let mut screen = Screen::default();
    let frames = store
        .follow(run.session.id, Cursor::START)
        .await
        .expect("follows");
    let all: Vec<_> = soon(frames.collect()).await;
    all.iter().for_each(|frame| screen.show(frame.envelope()));
    assert_eq!(
        (screen.text == said, screen.last),
        (true, Cursor::durable(5))
    );
}

#[tokio::test]
async fn without_a_checkpoint_nothing_is_trimmed() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = FakeClock::default();
    let store = store(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock)).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = capped(&store, &world, &run);
    say(&world, &mut run, &mut log, false).await;
    let tail = store
        .read(run.session.id, Cursor::START)
        .await
        .expect("reads");
    assert_eq!((tail.frames.len(), tail.gap), (300, false));
}
