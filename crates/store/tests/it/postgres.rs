//! The contract of the ports on a real PostgreSQL server, and what is its own.

use std::sync::Arc;

use tempfile::TempDir;
use weald_domain::secret::Secret;
use weald_store::{Database, OpenError, Store, StoreConfig};
use weald_testkit::{
    clock::{FakeClock, TestIds},
    contract::{Ports, world::World},
    postgres::Postgres,
};

use crate::fresh::{config, ports};

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
        let config = StoreConfig {
            database: Database::Postgres(Secret::new(self.server.url())),
            ..config(&self.folder.path().join(folder))
        };
        let ids = Arc::new(TestIds::seeded(u32::from(folder.as_bytes()[0])));
        Store::open(config, Arc::new(clock.clone()), ids).await
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

#[tokio::test]
async fn the_address_of_the_database_is_in_no_error() {
    let folder = TempDir::new().expect("a folder");
    for url in [
        "postgres://a:hunter2@[",
        "postgres://a:hunter2@localhost:1/b",
    ] {
        let config = StoreConfig {
            database: Database::Postgres(Secret::new(url.into())),
            ..config(folder.path())
        };
        let ids = Arc::new(TestIds::seeded(1));
        let refused = Store::open(config, Arc::new(FakeClock::default()), ids).await;
        let refused = refused.err().expect("there is no server");
        let chain = format!("{refused:?} {refused}");
        assert!(!chain.contains("hunter2"), "{chain}");
    }
}
