//! Upkeep by hand: status, check, copy, vacuum, migration; beside a running store or alone.

use std::{
    io::{Seek, SeekFrom, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Arc,
};

use tempfile::TempDir;
use weald_domain::ports::Clock;
use weald_store::{
    BackupFirst, Database, DatabaseAddress, DatabaseStatus, EngineStatus, FileStatus, LockError,
    OpenError, UpkeepError,
};
use weald_testkit::{clock::FakeClock, contract::world::World};

use crate::fresh::{open, ports, try_open};

fn database(folder: &Path) -> Database {
    Database::of(folder.join("data"), &DatabaseAddress::Sqlite).expect("there is one")
}

fn file(status: &DatabaseStatus) -> &FileStatus {
    match &status.engine {
        EngineStatus::Sqlite(file) => file,
        EngineStatus::Postgres(server) => panic!("{server:?}"),
    }
}

#[tokio::test]
async fn status_check_and_copy_work_beside_a_running_store() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    world.begin(world.new_run("hi")).await;
    let database = database(folder.path());

    let status = database.status().await.expect("reads");
    assert_eq!(
        (status.applied, file(&status).pages > 1),
        (status.known, true)
    );
    assert!(
        file(&status).log_size > 0,
        "what was written is in the log still"
    );
    for held in [
        ("user", 1),
        ("conversation", 1),
        ("session", 1),
        ("message", 2),
    ] {
        assert!(status.rows.contains(&held), "{held:?}: {status:?}");
    }
    assert_eq!(database.check().await.expect("reads"), [""; 0]);

    let copy = folder.path().join("copy.sqlite");
    let size = database.backup(&copy).await.expect("copies");
    let copied = copy.metadata().expect("is there");
    assert_eq!(
        (copied.len(), copied.permissions().mode() & 0o777),
        (size, 0o600)
    );
    let again = database.backup(&copy).await;
    assert!(matches!(again, Err(UpkeepError::Exists(_))), "{again:?}");
    assert_eq!(copy.metadata().expect("is there").len(), size);

    store.close().await;
    // The copy is a whole database: a store opens on it and finds the conversation.
    let other = Arc::new(TempDir::new().expect("a folder"));
    std::fs::create_dir(other.path().join("data")).expect("a folder");
    std::fs::copy(&copy, other.path().join("data/weald.sqlite")).expect("copies");
    let status = self::database(other.path()).status().await.expect("reads");
    assert!(status.rows.contains(&("message", 2)), "{status:?}");
    open(other.path(), &clock).await.close().await;
}

#[tokio::test]
async fn what_changes_the_file_is_refused_while_a_store_has_it() {
    let folder = TempDir::new().expect("a folder");
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let database = database(folder.path());
    let vacuum = database.vacuum().await.err();
    let migrate = database.migrate(BackupFirst::Yes, clock.now()).await.err();
    for refused in [vacuum, migrate] {
        let in_use = matches!(
            refused,
            Some(UpkeepError::Open(OpenError::Lock(LockError::InUse { .. })))
        );
        assert!(in_use, "{refused:?}");
    }
    store.close().await;
    let migrated = database
        .migrate(BackupFirst::Yes, clock.now())
        .await
        .expect("is harmless");
    assert_eq!((migrated.from, &migrated.backup), (migrated.to, &None));
    let copies = std::fs::read_dir(folder.path().join("data/backups")).expect("lists");
    assert_eq!(copies.count(), 0, "nothing was to do");
}

#[tokio::test]
async fn a_vacuum_makes_the_file_smaller_and_keeps_what_is_in_it() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    let kept = world.begin(world.new_run("kept")).await;
    let mut big = world.begin(world.new_run(&"x".repeat(1_000_000))).await;
    world.finish(&mut big, "done").await;
    let access = world.access.clone();
    let id = big.session.conversation_id;
    let deleted = store.conversations().delete(&access, id, clock.now()).await;
    assert!(deleted.expect("deletes"));
    drop(world);
    store.close().await;

    let database = database(folder.path());
    let full = database.status().await.expect("reads");
    assert!(file(&full).free_pages > 200);
    let (before, after) = database.vacuum().await.expect("vacuums");
    assert!(after + 900_000 < before, "{before} before, {after} after");
    let status = database.status().await.expect("reads");
    assert_eq!((status.size, file(&status).free_pages), (after, 0));
    let store = open(folder.path(), &clock).await;
    let found = store.sessions().get(&access, kept.session.id).await;
    assert!(found.expect("reads").is_some());
    store.close().await;
}

#[tokio::test]
async fn damage_is_found_and_a_file_that_is_no_database_is_corrupt() {
    let folder = TempDir::new().expect("a folder");
    let clock = FakeClock::default();
    open(folder.path(), &clock).await.close().await;
    let path = folder.path().join("data/weald.sqlite");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .expect("opens");
    file.seek(SeekFrom::Start(4096 * 4)).expect("seeks");
    file.write_all(&[0xff; 4096]).expect("writes");
    drop(file);
    let faults = database(folder.path()).check().await;
    let found = match &faults {
        Ok(faults) => !faults.is_empty(),
        Err(error) => format!("{error:?}").contains("Corrupt"),
    };
    assert!(found, "{faults:?}");

    std::fs::write(&path, "no database ".repeat(1000)).expect("writes");
    let checked = database(folder.path()).check().await;
    let opened = try_open(folder.path(), &clock).await.err();
    for said in [format!("{checked:?}"), format!("{opened:?}")] {
        assert!(said.contains("Corrupt"), "{said}");
    }
    std::fs::remove_file(&path).expect("removes");
    let missing = Database::of(folder.path().join("data"), &DatabaseAddress::Sqlite);
    assert!(matches!(missing, Err(UpkeepError::Missing(_))));
}

#[tokio::test]
async fn a_newer_database_is_not_migrated() {
    use sqlx::Connection;
    let folder = TempDir::new().expect("a folder");
    let clock = FakeClock::default();
    open(folder.path(), &clock).await.close().await;
    let file = folder.path().join("data/weald.sqlite");
    let url = format!("sqlite://{}", file.display());
    let mut conn = sqlx::SqliteConnection::connect(&url).await.expect("opens");
    sqlx::query("UPDATE _sqlx_migrations SET version = version + 1000")
        .execute(&mut conn)
        .await
        .expect("writes");
    conn.close().await.expect("closes");
    let database = database(folder.path());
    let status = database.status().await.expect("reads");
    assert!(status.applied > status.known, "{status:?}");
    let refused = database.migrate(BackupFirst::No, clock.now()).await.err();
    let Some(UpkeepError::Open(OpenError::Newer { found, known })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((found, known), (status.applied, status.known));
}
