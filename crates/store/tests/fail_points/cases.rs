//! Every fail point, each once: what was acknowledged is there after a restart, and nothing twice.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use serde_json::value::RawValue;
use tempfile::TempDir;
use weald_domain::{
    BoxError,
    cursor::{Cursor, FeedCursor},
    event::{NewEvent, TopicFilter},
    id::SessionId,
    limits::EVENT_INLINE_MAX,
    permission::{Decision, Lifetime},
    ports::{Append, AppendError, Begun, InboxKind, InboxRow, Lease, NewAnswer, Waiting, Write},
    secret::Secret,
};
use weald_store::{DatabaseAddress, FAIL_POINTS, Store, UNANSWERED};
use weald_testkit::{
    clock::FakeClock,
    contract::world::{Running, World, soon},
    postgres::Postgres,
};

use crate::fresh::{open, ports, try_open_on};

/// What the workload was told.
#[derive(Debug, Default)]
struct Acknowledged {
    heads: BTreeMap<SessionId, u64>,
    deltas: Vec<(SessionId, Cursor)>,
    answered: bool,
    secret: bool,
}

impl Acknowledged {
    fn head(&mut self, lease: Lease) -> Lease {
        self.heads.insert(lease.session_id, lease.head_seq);
        lease
    }
}

fn large() -> NewEvent {
    let text = format!("\"{}\"", "x".repeat(EVENT_INLINE_MAX + 1));
    NewEvent {
        event_type: "large".into(),
        version: 1,
        payload: RawValue::from_string(text).expect("JSON"),
        step_key: None,
    }
}

/// Touches every boundary; stops at the first refusal.
async fn work(store: &Store, world: &World, told: &mut Acknowledged) -> Result<(), BoxError> {
    let now = world.ports.now();
    let run = world.new_run("hi");
    let (session, reply) = (run.session.clone(), run.reply.clone());
    let Begun::Started(lease) = world.ports.journal.begin(run).await? else {
        return Err("it began before".into());
    };
    told.head(lease);
    let mut run = Running {
        lease,
        session,
        reply,
    };
    let id = run.session.id;
    let mut log = world.ports.live_log.open(world.origin(&run), 1).await?;
    told.deltas
        .push((id, log.write(2, &[world.delta(&run, 0, "x")], now)?));
    let append = |lease, events, writes| Append {
        lease,
        events,
        writes,
        at: now,
    };
    let journal = &world.ports.journal;
    run.lease = told.head(
        journal
            .append(append(run.lease, vec![], vec![]))
            .await?
            .lease,
    );
    run.lease = told.head(
        journal
            .append(append(run.lease, vec![large()], vec![]))
            .await?
            .lease,
    );
    journal.renew().await?;
    let approval = world.approval(&run);
    let question = vec![Write::Approval(approval.clone()), Write::Park];
    run.lease = told.head(
        journal
            .append(append(run.lease, vec![], question))
            .await?
            .lease,
    );
    let answer = NewAnswer {
        decision: Decision::Allow,
        lifetime: Lifetime::Conversation,
        reason: None,
        grant_ids: vec![world.id()],
        at: now,
    };
    world
        .ports
        .approvals
        .answer(&world.access, approval.id, answer)
        .await?;
    told.answered = true;
    let row = InboxRow {
        id: world.id(),
        kind: InboxKind::Interrupt {
            by: None,
            reason: None,
        },
    };
    world.ports.inbox.post(id, row, now).await?;
    run.lease = told.head(journal.claim(id).await?.ok_or("was not claimed")?.lease);
    let (events, writes) = world.ending(&run, "x");
    told.head(
        journal
            .append(append(run.lease, events, writes))
            .await?
            .lease,
    );
    world
        .ports
        .blobs
        .put("blobs/a", Bytes::from_static(b"x"))
        .await?;
    let name = "secret://a".parse()?;
    store.secrets().set(&name, Secret::new("s".into())).await?;
    told.secret = true;
    let patch = [("app.theme".to_owned(), "dark".into())]
        .into_iter()
        .collect();
    world
        .ports
        .settings
        .update(world.access.user_id, patch, now)
        .await?;
    Ok(())
}

/// Checks a reopened store against what was acknowledged.
async fn check(point: &str, store: &Store, world: &World, told: &Acknowledged) {
    let feed = &world.ports.feed;
    let head = feed.head().await.expect("reads").pos;
    let all = feed
        .follow(&world.access, vec![TopicFilter::All], FeedCursor::default())
        .await;
    let events: Vec<_> = all
        .expect("follows")
        .take(usize::try_from(head).expect("small"))
        .map(|frame| frame.frame.envelope().clone())
        .collect()
        .await;
    let positions: Vec<_> = events.iter().filter_map(|event| event.pos).collect();
    assert_eq!(
        positions,
        (1..=head).collect::<Vec<_>>(),
        "{point}: the feed has gaps"
    );
    for (session, acknowledged) in &told.heads {
        let of = events
            .iter()
            .filter(|event| event.session_id == Some(*session));
        let seqs: Vec<_> = of.map(|event| event.seq).collect();
        let gapless: Vec<_> = (1..=seqs.len() as u64).collect();
        assert_eq!(seqs, gapless, "{point}: the stream has gaps or doubles");
        assert!(
            seqs.len() as u64 >= *acknowledged,
            "{point}: an acknowledged event is lost"
        );
    }
    for (session, cursor) in &told.deltas {
        let tail = world
            .ports
            .live_log
            .read(*session, Cursor::START)
            .await
            .expect("reads");
        let found = tail
            .frames
            .iter()
            .filter(|f| f.envelope().event_id == *cursor)
            .count();
        assert_eq!(found, 1, "{point}: a published delta is lost or doubled");
    }
    for session in told.heads.keys() {
        let approvals = world
            .ports
            .approvals
            .of_session(*session)
            .await
            .expect("reads");
        let answered = approvals.iter().filter(|a| a.answered_at.is_some()).count();
        assert!(
            answered >= usize::from(told.answered),
            "{point}: an answer is lost"
        );
    }
    let name = "secret://a".parse().expect("a reference");
    let secret = store.secrets().get(&name).await.expect("reads");
    assert!(
        secret.is_some() || !told.secret,
        "{point}: a secret is lost"
    );
    let (_, faults) = store.verify_audit().await.expect("reads");
    assert_eq!(faults, vec![], "{point}");
}

/// The workload with a fail point in its way; then a restart, a check, and the workload again.
async fn failing(
    database: &DatabaseAddress,
    point: &'static str,
    action: &str,
) -> Result<(), BoxError> {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let open = async || {
        let store = try_open_on(database.clone(), folder.path(), &clock).await;
        store.expect("opens")
    };
    let store = open().await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    fail::cfg(point, action).expect("a fail point");
    let mut told = Acknowledged::default();
    let caught = AssertUnwindSafe(work(&store, &world, &mut told))
        .catch_unwind()
        .await;
    let worked = caught.unwrap_or_else(|_| Err("a panic".into()));
    fail::remove(point);
    drop((store, world));
    let store = open().await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    check(point, &store, &world, &told).await;
    let again = work(&store, &world, &mut Acknowledged::default()).await;
    assert!(
        again.is_ok(),
        "{point}: it does not work afterwards: {again:?}"
    );
    worked
}

async fn each_refuses(database: &DatabaseAddress, action: &str) {
    let scenario = fail::FailScenario::setup();
    for point in FAIL_POINTS {
        let refused = failing(database, point, action).await;
        assert!(refused.is_err(), "{point} was not hit");
    }
    scenario.teardown();
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_fail_point_is_hit_and_loses_nothing_acknowledged() {
        let server = Postgres::start();
        let database = DatabaseAddress::Postgres(Secret::new(server.url()));
        each_refuses(&database, "1*return").await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_commit_without_an_answer_loses_nothing_acknowledged() {
        let server = Postgres::start();
        let database = DatabaseAddress::Postgres(Secret::new(server.url()));
        let scenario = fail::FailScenario::setup();
        for point in UNANSWERED {
            let refused = failing(&database, point, "1*return").await;
            assert!(refused.is_err(), "{point} was not hit");
        }
        scenario.teardown();
    }

    /// A store on a server, and what goes with them.
    async fn world() -> (Store, World) {
        let server = Postgres::start();
        let database = DatabaseAddress::Postgres(Secret::new(server.url()));
        let folder = TempDir::new().expect("a folder");
        let clock = FakeClock::default();
        let store = try_open_on(database, folder.path(), &clock).await;
        let store = store.expect("opens");
        let ports = ports(&store, clock, Arc::new((server, folder)));
        (store, World::of(ports).await)
    }

    async fn waiting(world: &World) -> Vec<Waiting> {
        world.ports.journal.waiting().await.expect("reads")
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_session_whose_commit_was_not_answered_waits_for_an_owner() {
        let scenario = fail::FailScenario::setup();
        let (_store, world) = world().await;
        let journal = &world.ports.journal;
        let new = world.new_run("hi");
        let session_id = new.session.id;
        let orphan = Waiting {
            session_id,
            orphaned: true,
        };
        fail::cfg("journal.begin.unanswered", "1*return").expect("a fail point");
        assert!(journal.begin(new).await.is_err());
        assert_eq!(waiting(&world).await, [orphan], "it began all the same");
        let refused = journal.claim(session_id).await.expect("reads");
        assert!(refused.is_none(), "as if somebody drove it");
        journal.abandon(session_id).await.expect("lets go");
        fail::cfg("journal.claim.unanswered", "1*return").expect("a fail point");
        assert!(journal.claim(session_id).await.is_err());
        assert_eq!(
            waiting(&world).await,
            [orphan],
            "it is claimed all the same"
        );
        journal.abandon(session_id).await.expect("lets go");
        let claimed = journal.claim(session_id).await.expect("reads");
        assert_eq!(claimed.map(|claimed| claimed.lease.head_seq), Some(2));
        assert_eq!(waiting(&world).await, [], "somebody drives it now");
        scenario.teardown();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn readers_see_what_was_committed_without_an_answer() {
        let scenario = fail::FailScenario::setup();
        let (_store, world) = world().await;
        let journal = &world.ports.journal;
        let run = world.begin(world.new_run("hi")).await;
        let id = run.session.id;
        let streams = &world.ports.streams;
        let mut frames = streams
            .follow(id, Cursor::durable(2))
            .await
            .expect("follows");
        let append = |lease, (events, writes)| Append {
            lease,
            events,
            writes,
            at: world.ports.now(),
        };
        let large = append(run.lease, (vec![large()], vec![]));
        fail::cfg("journal.append.unanswered", "1*return").expect("a fail point");
        assert!(journal.append(large.clone()).await.is_err());
        let fenced = journal.append(large).await;
        assert!(matches!(fenced, Err(AppendError::Fenced)), "{fenced:?}");
        assert_eq!(soon(frames.next()).await.map(|f| f.envelope().seq), Some(3));
        assert_eq!(waiting(&world).await.len(), 1);
        journal.abandon(id).await.expect("lets go");
        let claimed = journal.claim(id).await.expect("reads").expect("is free");
        let end = append(claimed.lease, world.ending(&run, "x"));
        fail::cfg("journal.append.unanswered", "1*return").expect("a fail point");
        assert!(journal.append(end.clone()).await.is_err());
        let fenced = journal.append(end).await;
        assert!(matches!(fenced, Err(AppendError::Fenced)), "{fenced:?}");
        let rest: Vec<u64> = soon(frames.map(|f| f.envelope().seq).collect()).await;
        assert_eq!(rest.first(), Some(&4), "without a gap, and to its end");
        assert_eq!(waiting(&world).await, [], "it has ended");
        scenario.teardown();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_panic_at_any_fail_point_loses_nothing_acknowledged() {
        let server = Postgres::start();
        let database = DatabaseAddress::Postgres(Secret::new(server.url()));
        each_refuses(&database, "1*panic").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fail_point_is_hit_and_loses_nothing_acknowledged() {
    each_refuses(&DatabaseAddress::Sqlite, "1*return").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_at_any_fail_point_loses_nothing_acknowledged() {
    each_refuses(&DatabaseAddress::Sqlite, "1*panic").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delay_at_any_fail_point_delays_only() {
    let scenario = fail::FailScenario::setup();
    for point in FAIL_POINTS {
        failing(&DatabaseAddress::Sqlite, point, "3*sleep(5)")
            .await
            .expect(point);
    }
    scenario.teardown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_failure_the_workload_ends() {
    let scenario = fail::FailScenario::setup();
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock.clone(), folder)).await;
    let mut told = Acknowledged::default();
    work(&store, &world, &mut told).await.expect("works");
    check("none", &store, &world, &told).await;
    scenario.teardown();
}
