//! Opening the data folder: once, again, twice at a time, and with a database from the future.

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;
use weald_domain::ports::{KeyState, StoredResponse};
use weald_store::{LockError, OpenError};
use weald_testkit::{clock::FakeClock, contract::world::World};

use crate::fresh::{open, ports, try_open};

#[tokio::test]
async fn opening_again_finds_what_the_first_start_made() {
    let folder = std::sync::Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let first = World::of(ports(&store, clock.clone(), folder.clone())).await;
    let run = first.begin(first.new_run("hi")).await;
    store.close().await;
    let store = open(folder.path(), &clock).await;
    let second = World::of(ports(&store, clock, folder)).await;
    assert_eq!(first.access, second.access);
    let found = second
        .ports
        .sessions
        .get(&second.access, run.session.id)
        .await;
    assert_eq!(
        found.expect("reads").map(|(session, _)| session),
        Some(run.session)
    );
    let page = weald_domain::ports::PageRequest {
        after: None,
        limit: 10,
    };
    let workspaces = second
        .ports
        .workspaces
        .list(&second.access, page.clone())
        .await;
    assert_eq!(workspaces.expect("reads").items.len(), 1);
    let models = second.ports.providers.models(None, page).await;
    assert_eq!(models.expect("reads").items.len(), 2);
}

#[tokio::test]
async fn a_key_whose_request_was_never_answered_is_free_after_a_restart() {
    let folder = std::sync::Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    let (user, now) = (world.access.user_id, world.ports.now());
    let keys = &world.ports.request_keys;
    let response = StoredResponse {
        status: 201,
        body: "{}".into(),
    };
    for key in ["open", "done"] {
        let state = keys.reserve(user, key, "h", now).await.expect("answers");
        assert_eq!(state, KeyState::New);
    }
    let kept = keys.complete(user, "done", response.clone()).await;
    kept.expect("stores");
    store.close().await;
    drop(world);
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder)).await;
    let keys = &world.ports.request_keys;
    let reserve = async |key| keys.reserve(user, key, "h", now).await.expect("answers");
    assert_eq!(reserve("open").await, KeyState::New);
    assert_eq!(reserve("done").await, KeyState::Done(response));
}

#[tokio::test]
async fn an_orderly_close_leaves_one_file_that_can_be_copied() {
    let folder = std::sync::Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder.clone())).await;
    let run = world.begin(world.new_run("hi")).await;
    // A connection that reads is open, too.
    let read = world
        .ports
        .sessions
        .get(&world.access, run.session.id)
        .await;
    assert!(read.expect("reads").is_some());
    drop(world);
    assert!(folder.path().join("data/weald.sqlite").is_file());
    store.close().await;
    let log = folder.path().join("data/weald.sqlite-wal");
    let left = std::fs::metadata(&log).map_or(0, |log| log.len());
    assert_eq!(left, 0, "the log is folded back");
}

#[tokio::test]
async fn a_second_owner_is_refused_and_told_who_the_first_is() {
    let folder = TempDir::new().expect("a folder");
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    store.sign("http://127.0.0.1:7420").expect("signs");
    let refused = try_open(folder.path(), &clock).await.err();
    let Some(OpenError::Lock(LockError::InUse { owner, .. })) = refused else {
        panic!("{refused:?}");
    };
    assert!(owner.contains(&std::process::id().to_string()), "{owner}");
    assert!(owner.contains("http://127.0.0.1:7420"), "{owner}");
    store.close().await;
    open(folder.path(), &clock).await.close().await;
}

#[tokio::test]
async fn a_database_from_the_future_is_refused_with_both_versions() {
    let folder = TempDir::new().expect("a folder");
    let clock = FakeClock::default();
    open(folder.path(), &clock).await.close().await;
    let path = folder.path().join("data/weald.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (4711, 'future', 1, x'00', 0)",
    )
    .execute(&pool)
    .await
    .expect("writes");
    pool.close().await;
    let refused = try_open(folder.path(), &clock)
        .await
        .err()
        .expect("is refused");
    let text = refused.to_string();
    let OpenError::Newer { found: 4711, known } = refused else {
        panic!("{text}");
    };
    let known = format!("up to {known}");
    assert!(text.contains("4711") && text.contains(&known), "{text}");
}

#[tokio::test]
async fn the_data_folder_is_closed_to_others() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path(), &FakeClock::default()).await;
    let name = "secret://a".parse().expect("a reference");
    let value = weald_domain::secret::Secret::new("x".into());
    store.secrets().set(&name, value).await.expect("stores");
    let mode = |path: &str| {
        let data = std::fs::metadata(folder.path().join(path)).expect("is there");
        data.permissions().mode() & 0o777
    };
    for path in ["data", "data/live", "data/backups", "data/workspaces"] {
        assert_eq!(mode(path), 0o700, "{path}");
    }
    for path in [
        "data/weald.sqlite",
        "data/secrets.vault",
        "config/secrets.key",
    ] {
        assert_eq!(mode(path), 0o600, "{path}");
    }
}
