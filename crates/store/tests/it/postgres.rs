//! The contract of the ports on a real PostgreSQL server, and what is its own.

mod cut_off;

use std::sync::Arc;

use futures::StreamExt;
use tempfile::TempDir;
use weald_domain::{
    event::TopicFilter,
    ports::{BeginError, NewLogin},
    secret::Secret,
};
use weald_store::{ConnectError, DatabaseAddress, OpenError, Store};
use weald_testkit::{
    clock::FakeClock,
    contract::{Ports, world::World},
    postgres::Postgres,
};

use crate::fresh::{ports, try_open_on};

/// A server, and a data folder beside it.
struct Place {
    server: Postgres,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            server: Postgres::start(),
            folder: TempDir::new().expect("a folder"),
        }
    }

    async fn try_open(&self, folder: &str, clock: &FakeClock) -> Result<Store, OpenError> {
        let database = DatabaseAddress::Postgres(Secret::new(self.server.url()));
        try_open_on(database, &self.folder.path().join(folder), clock).await
    }
}

/// A fresh store on a server of its own.
pub(crate) async fn fresh() -> Ports {
    let place = Place::new();
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    ports(&store, clock, Arc::new(place))
}

weald_testkit::store_contract!(crate::postgres::fresh);

#[tokio::test]
async fn a_second_process_is_kept_out_of_the_database() {
    let place = Place::new();
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    let refused = place.try_open("b", &clock).await.err();
    assert!(
        matches!(refused, Some(OpenError::DatabaseInUse)),
        "{refused:?}"
    );
    store.close().await;
    let store = place.try_open("b", &clock).await.expect("it is free");
    store.close().await;
}

#[tokio::test]
async fn opening_again_finds_what_was_written() {
    let place = Arc::new(Place::new());
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    let first = World::of(ports(&store, clock.clone(), place.clone())).await;
    let run = first.begin(first.new_run("hi")).await;
    store.close().await;
    let store = place.try_open("a", &clock).await.expect("opens again");
    let second = World::of(ports(&store, clock, place.clone())).await;
    assert_eq!(first.access, second.access);
    let sessions = &second.ports.sessions;
    let found = sessions.get(&second.access, run.session.id).await;
    assert_eq!(
        found.expect("reads").map(|(session, _)| session),
        Some(run.session)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_chain_holds_under_concurrency() {
    let place = Arc::new(Place::new());
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock, place.clone())).await;
    let logins = futures::future::join_all((0..40).map(|n| {
        let login = NewLogin {
            id: world.id(),
            owner_id: world.access.user_id,
            token_hash: format!("{n}"),
            expires_at: world.ports.now().plus_millis(1),
            user_agent: None,
            at: world.ports.now(),
        };
        let identity = world.ports.identity.clone();
        async move { identity.create_login(login).await }
    }));
    for login in logins.await {
        login.expect("stores");
    }
    assert_eq!(store.verify_audit().await.expect("reads"), (40, vec![]));
}

/// A transaction that was first in the feed and is late to end keeps the next one waiting; when
/// it fails, its places are drawn again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_of_the_feed_are_in_the_order_of_commits() {
    let place = Arc::new(Place::new());
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock, place.clone())).await;
    let head = async || world.ports.feed.head().await.expect("reads").pos;
    let before = head().await;
    let pool = sqlx::PgPool::connect(&place.server.url())
        .await
        .expect("connects");
    let mut late = pool.begin().await.expect("begins");
    sqlx::query("UPDATE feed SET head_pos = head_pos + 5")
        .execute(&mut *late)
        .await
        .expect("draws");
    let begin = world.begin(world.new_run("hi"));
    let mut begin = std::pin::pin!(begin);
    let waiting = async {
        // Until the begin waits for the lock, as the server sees it.
        loop {
            let text = "SELECT count(*) FROM pg_locks WHERE NOT granted";
            let count: i64 = sqlx::query_scalar(text)
                .fetch_one(&pool)
                .await
                .expect("reads");
            if count > 0 {
                break;
            }
        }
    };
    tokio::select! {
        _ = &mut begin => panic!("it overtook a place that was drawn before"),
        () = waiting => {}
    }
    late.rollback().await.expect("rolls back");
    begin.await;
    assert_eq!(head().await, before + 3, "no place is lost");
}

/// Another's places are read from storage, in their order.
#[tokio::test]
async fn the_feed_reads_from_storage_what_was_not_published_here() {
    let place = Arc::new(Place::new());
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock, place.clone())).await;
    let head = world.ports.feed.head().await.expect("reads");
    let feed = world
        .ports
        .feed
        .follow(&world.access, vec![TopicFilter::All], head.clone());
    let mut feed = feed.await.expect("follows");
    let pool = sqlx::PgPool::connect(&place.server.url())
        .await
        .expect("connects");
    for text in [
        "UPDATE feed SET head_pos = head_pos + 1",
        "INSERT INTO event (stream_id, seq, pos, epoch, kind, version, payload, hash, at)
         SELECT stream_id, 1000, head_pos, 0, 'elsewhere', 1, '{}', '', 0
         FROM event, feed ORDER BY pos LIMIT 1",
    ] {
        sqlx::query(text).execute(&pool).await.expect("writes");
    }
    world.begin(world.new_run("hi")).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let frame = feed.next().await.expect("goes on").frame;
        seen.push((frame.envelope().pos, frame.envelope().event_type.clone()));
    }
    let expected: Vec<_> = (head.pos + 1..)
        .map(Some)
        .zip(
            [
                "elsewhere",
                "conversation.created",
                "run_started",
                "message_start",
            ]
            .map(String::from),
        )
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_restarted_is_used_again() {
    let mut place = Place::new();
    let clock = FakeClock::default();
    let store = place.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock.clone(), Arc::new(()))).await;
    let run = world.begin(world.new_run("hi")).await;
    place.server.stop();
    let refused = world.ports.journal.begin(world.new_run("no")).await;
    assert!(matches!(refused, Err(BeginError::Store(_))), "{refused:?}");
    assert!(world.ports.journal.renew().await.is_err());
    place.server.restart();
    assert_eq!(world.ports.journal.renew().await.expect("renews"), []);
    let refused = place.try_open("b", &clock).await.err();
    assert!(
        matches!(refused, Some(OpenError::DatabaseInUse)),
        "it was taken again: {refused:?}"
    );
    let mut run = run;
    world.finish(&mut run, "done").await;
    world.begin(world.new_run("again")).await;
}

#[tokio::test]
async fn the_address_of_the_database_is_in_no_error() {
    let folder = TempDir::new().expect("a folder");
    for url in [
        "postgres://a:hunter2@[",
        "postgres://a:hunter2@localhost:1/b",
    ] {
        let database = DatabaseAddress::Postgres(Secret::new(url.into()));
        let refused = try_open_on(database, folder.path(), &FakeClock::default()).await;
        let refused = refused.err().expect("there is no server");
        let chain = format!("{refused:?} {refused}");
        assert!(!chain.contains("hunter2"), "{chain}");
    }
}

/// What an address leads to on a server that wants a password.
async fn opened(address: &str) -> Result<(), OpenError> {
    let folder = TempDir::new().expect("a folder");
    let address = DatabaseAddress::postgres(address).expect("an address");
    let store = try_open_on(address, folder.path(), &FakeClock::default()).await?;
    store.close().await;
    Ok(())
}

fn connected(opened: Result<(), OpenError>) -> Result<(), ConnectError> {
    match opened {
        Ok(()) => Ok(()),
        Err(OpenError::Connect(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_is_told_with_its_reason() {
    let mut server = Postgres::start_on_network();
    server.run("postgres", "CREATE ROLE ada LOGIN PASSWORD 'p@ss/w'");
    server.run("postgres", "CREATE DATABASE ada OWNER ada");
    let latin = "CREATE DATABASE latin OWNER ada TEMPLATE template0 ENCODING 'LATIN1'";
    server.run("postgres", latin);
    let ada = "ada:p%40ss%2Fw";
    connected(opened(&server.at(ada, "localhost", "ada")).await).expect("opens");

    use ConnectError::{Encoding, NoDatabase, Refused, Unreachable};
    let refused = async |who: &str, database: &str| {
        let address = server.at(who, "localhost", database);
        let refused = connected(opened(&address).await).expect_err("is refused");
        let said = format!("{refused:?} {refused}");
        assert!(
            !said.contains("p@ss") && !said.contains("hunter2"),
            "{said}"
        );
        refused
    };
    for who in ["ada:hunter2", "ada", "bob:hunter2"] {
        let refused = refused(who, "ada").await;
        assert!(matches!(refused, Refused { .. }), "{who}: {refused:?}");
    }
    let missing = refused(ada, "none").await;
    assert!(
        matches!(&missing, NoDatabase { database, .. } if database == "none"),
        "{missing:?}"
    );
    let latin = refused(ada, "latin").await;
    assert!(matches!(latin, Encoding(_)), "{latin:?}");
    let address = server.at(ada, "localhost", "ada");
    server.stop();
    let gone = connected(opened(&address).await).expect_err("is refused");
    assert!(matches!(gone, Unreachable { .. }), "{gone:?}");
}

#[tokio::test]
async fn tls_is_as_safe_as_it_is_asked_to_be() {
    let server = Postgres::start_on_network();
    server.run("postgres", "CREATE ROLE ada LOGIN PASSWORD 'p'");
    server.run("postgres", "CREATE DATABASE ada OWNER ada");
    let authority = server.authority().display().to_string();
    let stranger = Postgres::start_on_network();
    let stranger = stranger.authority().display().to_string();
    let met = [
        ("localhost", "sslmode=disable".to_owned(), true),
        ("localhost", "sslmode=prefer".to_owned(), true),
        ("localhost", "sslmode=require".to_owned(), true),
        ("localhost", "sslmode=verify-full".to_owned(), false),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={authority}"),
            true,
        ),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={stranger}"),
            false,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={authority}"),
            false,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-ca&sslrootcert={authority}"),
            true,
        ),
        (
            "localhost",
            format!("sslmode=require&sslrootcert={authority}"),
            true,
        ),
        (
            "localhost",
            format!("sslmode=require&sslrootcert={stranger}"),
            false,
        ),
        (
            "localhost",
            "sslmode=verify-ca&sslrootcert=/none.pem".to_owned(),
            false,
        ),
    ];
    for (host, query, is_safe) in met {
        let address = server.at("ada:p", host, "ada");
        let opened = connected(opened(&format!("{address}?{query}")).await);
        match opened {
            Ok(()) => assert!(is_safe, "{host} {query} was let through"),
            Err(ConnectError::Tls { .. }) => assert!(!is_safe, "{host} {query} was refused"),
            Err(other) => panic!("{host} {query}: {other:?}"),
        }
    }
    // A server without TLS.
    let plain = Place::new();
    let address = format!("{}&sslmode=require", plain.server.url());
    let refused = connected(opened(&address).await);
    assert!(
        matches!(refused, Err(ConnectError::Tls { .. })),
        "{refused:?}"
    );
}

/// What is in use is what was asked for: the server says whether a connection is encrypted.
#[tokio::test]
async fn a_required_tls_connection_is_encrypted() {
    let server = Postgres::start_on_network();
    server.run("postgres", "CREATE ROLE ada LOGIN PASSWORD 'p'");
    server.run("postgres", "CREATE DATABASE ada OWNER ada");
    let folder = TempDir::new().expect("a folder");
    let encrypted = async |mode: &str| {
        let address = format!("{}?sslmode={mode}", server.at("ada:p", "localhost", "ada"));
        let address = DatabaseAddress::postgres(&address).expect("an address");
        let store = try_open_on(address, folder.path(), &FakeClock::default()).await;
        let text = "SELECT bool_and(ssl)::text || ' ' || (count(*) > 0)::text FROM pg_stat_ssl
            JOIN pg_stat_activity USING (pid) WHERE usename = 'ada'";
        let said = server.run("postgres", text);
        store.expect("opens").close().await;
        said
    };
    assert_eq!(encrypted("require").await, "true true");
    assert_eq!(encrypted("disable").await, "false true");
}
