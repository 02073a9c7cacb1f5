//! Pruning: what goes, what stays, and that the rest still holds.

use std::{
    fs::File,
    path::Path,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use futures::StreamExt;
use serde_json::json;
use tempfile::TempDir;
use weald_domain::{
    cursor::FeedCursor,
    event::TopicFilter,
    limits::STREAM_TTL_MS,
    ports::{Clock, NewLogin},
    time::UnixMillis,
};
use weald_store::{Amount, DatabaseAddress, Disused, Place, Retention, Store, look, prune};
use weald_testkit::{
    clock::FakeClock,
    contract::world::{Running, World},
};

use crate::fresh::{ports, try_open_on};

const DAY: i64 = 24 * 60 * 60 * 1000;
const KEPT: Retention = Retention {
    events_ms: Some(30 * DAY),
    live_ms: STREAM_TTL_MS,
};

struct Deployment {
    folder: Arc<TempDir>,
    clock: FakeClock,
    place: Place,
}

impl Deployment {
    fn new(database: DatabaseAddress) -> Self {
        let folder = Arc::new(TempDir::new().expect("a folder"));
        Self {
            place: Place {
                data_root: folder.path().join("data"),
                database,
            },
            clock: FakeClock::default(),
            folder,
        }
    }

    async fn open(&self) -> (Store, World) {
        let database = self.place.database.clone();
        let store = try_open_on(database, self.folder.path(), &self.clock).await;
        let store = store.expect("opens");
        let ports = ports(&store, self.clock.clone(), self.folder.clone());
        let world = World::of(ports).await;
        (store, world)
    }

    async fn looked(&self, kept: Retention) -> Vec<(Disused, u64)> {
        let found = look(&self.place, kept, self.clock.now()).await;
        counts(&found.expect("reads"))
    }
}

fn counts(amounts: &[Amount]) -> Vec<(Disused, u64)> {
    for one in amounts {
        assert_eq!(one.count == 0, one.bytes == 0, "{one:?}");
    }
    amounts.iter().map(|one| (one.of, one.count)).collect()
}

/// A run with a payload that is a file, and a live log.
async fn large(world: &World) -> Running {
    let mut run = world.begin(world.new_run("hi")).await;
    let live = &world.ports.live_log;
    let mut log = live
        .open(world.origin(&run), run.lease.epoch)
        .await
        .expect("opens");
    let delta = world.delta(&run, 0, "do");
    log.write(2, &[delta], world.ports.now()).expect("writes");
    let (mut events, writes) = world.ending(&run, "done");
    let text = json!({"message_id": run.reply.id, "text": "y".repeat(40_000)});
    events[0].payload = serde_json::value::to_raw_value(&text).expect("encodes");
    world.append(&mut run, events, writes).await;
    run
}

/// A file that a crash left, as old as is asked.
fn lost(folder: &Path, at: UnixMillis) {
    std::fs::create_dir_all(folder).expect("a folder");
    let file = File::create(folder.join("payload")).expect("makes");
    std::io::Write::write_all(&mut &file, b"lost").expect("writes");
    let at = UNIX_EPOCH + Duration::from_millis(at.0.unsigned_abs());
    file.set_modified(at).expect("sets");
}

async fn all_that_is_pruned(database: DatabaseAddress) {
    let deployment = Deployment::new(database);
    let (clock, data) = (&deployment.clock, deployment.place.data_root.clone());
    let (store, world) = deployment.open().await;
    let start = world.ports.feed.head().await.expect("reads");
    let now = clock.now();
    let login = NewLogin {
        id: world.id(),
        owner_id: world.access.user_id,
        token_hash: "hash".into(),
        expires_at: now.plus_millis(DAY),
        user_agent: None,
        at: now,
    };
    world
        .ports
        .identity
        .create_login(login)
        .await
        .expect("stores");
    let keys = &world.ports.request_keys;
    let user = world.access.user_id;
    keys.reserve(user, "k", "h", now).await.expect("answers");
    let old = large(&world).await;
    clock.advance_ms(40 * DAY);
    let young = large(&world).await;
    let nobodys = data
        .join("blobs")
        .join(uuid::Uuid::from_u128(7).to_string());
    lost(&nobodys, clock.now().plus_millis(-2 * 60 * 60 * 1000));
    let just_now = data.join("blobs").join(young.session.id.to_string());
    lost(&just_now, clock.now());
    let before = store.verify_audit().await.expect("reads");

    let everything = [
        (Disused::RequestKeys, 1),
        (Disused::Logins, 1),
        (Disused::LiveLogs, 1),
        (Disused::PayloadFiles, 1),
    ];
    let for_ever = Retention {
        events_ms: None,
        ..KEPT
    };
    assert_eq!(deployment.looked(for_ever).await, everything);
    let with_events = [everything.as_slice(), &[(Disused::EventPayloads, 5)]].concat();
    assert_eq!(deployment.looked(KEPT).await, with_events);
    assert!(nobodys.join("payload").exists(), "it was only looked at");
    // While it is served, and the rest of what there is when it is not.
    let pruned = store.prune(for_ever).await.expect("prunes");
    assert_eq!(counts(&pruned), everything);
    let known = store.sessions().get(&world.access, old.session.id).await;
    drop(world);
    store.close().await;
    let pruned = prune(&deployment.place, KEPT, clock.now()).await;
    let pruned = pruned.expect("prunes");
    let nothing = everything.map(|(of, _)| (of, 0));
    let expected = [nothing.as_slice(), &[(Disused::EventPayloads, 5)]].concat();
    assert_eq!(counts(&pruned), expected);
    assert!(pruned[4].bytes > 40_000, "the file counts: {pruned:?}");
    assert_eq!(
        deployment.looked(KEPT).await,
        [nothing.as_slice(), &[(Disused::EventPayloads, 0)]].concat()
    );

    assert!(!nobodys.join("payload").exists());
    assert!(!data.join("blobs").join(old.session.id.to_string()).exists());
    assert_eq!(std::fs::read_dir(&just_now).expect("lists").count(), 2);
    let (store, world) = deployment.open().await;
    let found = store.sessions().get(&world.access, old.session.id).await;
    assert_eq!(
        found.expect("reads"),
        known.expect("reads"),
        "what was said stays"
    );
    let (held, faults) = store.verify_audit().await.expect("reads");
    assert_eq!(
        (held, faults),
        (before.0 + 1, vec![]),
        "the erasure is written down"
    );
    skeletons_stay(&world, start, &old, &young).await;
    drop(world);
    store.close().await;
}

/// The feed has no gap: erased events have their place and kind, others all they had.
async fn skeletons_stay(world: &World, after: FeedCursor, old: &Running, young: &Running) {
    let feed = &world.ports.feed;
    let head = feed.head().await.expect("reads").pos;
    let first = after.pos + 1;
    let follow = feed.follow(&world.access, vec![TopicFilter::All], after);
    let mut follow = follow.await.expect("follows");
    let (mut erased, mut whole) = (0, 0);
    for pos in first..=head {
        let frame = follow.next().await.expect("goes on").frame;
        let envelope = frame.envelope();
        assert_eq!(envelope.pos, Some(pos));
        let is_null = envelope.payload.get() == "null";
        if envelope.session_id == Some(old.session.id) {
            assert!(is_null && !envelope.event_type.is_empty());
            erased += 1;
        } else {
            assert!(!is_null);
            whole += u32::from(envelope.session_id == Some(young.session.id));
        }
    }
    assert_eq!((erased, whole), (5, 5));
}

#[tokio::test]
async fn what_is_of_no_more_use_goes_and_the_rest_holds() {
    all_that_is_pruned(DatabaseAddress::Sqlite).await;
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn what_is_of_no_more_use_goes_and_the_rest_holds() {
        let server = weald_testkit::postgres::Postgres::start();
        let database = DatabaseAddress::postgres(&server.url()).expect("an address");
        all_that_is_pruned(database).await;
    }
}
