//! Putting a copy in the place of the database: what is refused, and what stays.

use std::{path::Path, sync::Arc};

use tempfile::TempDir;
use weald_domain::ports::Clock;
use weald_store::{
    Database, DatabaseAddress, LockError, OpenError, RestoreError, Restored, Store, restore,
};
use weald_testkit::{clock::FakeClock, contract::world::World};

use crate::fresh::{open, ports};

async fn restored(folder: &Path, file: &Path, clock: &FakeClock) -> Result<Restored, RestoreError> {
    restore(folder.join("data"), file, clock.now()).await
}

/// Starts a run; how many conversations there are then.
async fn talked(folder: &Arc<TempDir>, store: &Store, clock: &FakeClock) -> u64 {
    let world = World::of(ports(store, clock.clone(), folder.clone())).await;
    let mut run = world.begin(world.new_run("hi")).await;
    world.finish(&mut run, "done").await;
    conversations(folder.path()).await
}

async fn conversations(folder: &Path) -> u64 {
    let database = Database::of(folder.join("data"), &DatabaseAddress::Sqlite);
    let status = database.expect("is there").status().await.expect("reads");
    let found = status.rows.iter().find(|row| row.0 == "conversation");
    found.expect("a table").1
}

async fn backup(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("copy.sqlite");
    let database = Database::of(folder.join("data"), &DatabaseAddress::Sqlite);
    database
        .expect("is there")
        .backup(&file)
        .await
        .expect("copies");
    file
}

#[tokio::test]
async fn a_copy_is_put_back_and_the_replaced_database_can_be_too() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    assert_eq!(talked(&folder, &store, &clock).await, 1);
    let copy = backup(folder.path()).await;
    assert_eq!(talked(&folder, &store, &clock).await, 2);
    let refused = restored(folder.path(), &copy, &clock).await;
    assert!(
        matches!(
            refused,
            Err(RestoreError::Open(OpenError::Lock(LockError::InUse { .. })))
        ),
        "{refused:?}"
    );
    store.close().await;

    // A payload of a session that only the replaced database knows.
    let payload = folder.path().join("data/blobs");
    let payload = payload.join(uuid::Uuid::from_u128(7).to_string());
    std::fs::create_dir_all(&payload).expect("a folder");
    let done = restored(folder.path(), &copy, &clock)
        .await
        .expect("restores");
    assert_eq!(
        (done.version, conversations(folder.path()).await),
        (done.known, 1)
    );
    let replaced = done.replaced.expect("there was one");
    let store = open(folder.path(), &clock).await;
    assert_eq!(talked(&folder, &store, &clock).await, 2);
    assert_eq!(talked(&folder, &store, &clock).await, 3);
    store.close().await;
    assert!(payload.exists(), "nothing is swept while it is kept");

    clock.advance_ms(1);
    let undone = restored(folder.path(), &replaced, &clock)
        .await
        .expect("restores");
    assert_eq!(conversations(folder.path()).await, 2);
    assert_ne!(undone.replaced, Some(replaced));
}

#[tokio::test]
async fn a_damaged_database_with_its_log_is_kept_whole() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    talked(&folder, &store, &clock).await;
    let copy = backup(folder.path()).await;
    store.close().await;
    let data = folder.path().join("data");
    std::fs::write(data.join("weald.sqlite"), "no database").expect("writes");
    std::fs::write(data.join("weald.sqlite-wal"), "no log").expect("writes");
    let done = restored(folder.path(), &copy, &clock)
        .await
        .expect("restores");
    let replaced = done.replaced.expect("there was one");
    let read = |path: &Path| std::fs::read_to_string(path).expect("reads");
    assert_eq!(read(&replaced), "no database");
    assert_eq!(read(&replaced.with_extension("sqlite-wal")), "no log");
    open(folder.path(), &clock).await.close().await;
    assert_eq!(conversations(folder.path()).await, 1);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_changes_nothing() {
    use sqlx::Connection;
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    open(folder.path(), &clock).await.close().await;
    let copy = backup(folder.path()).await;
    let before = names(folder.path());
    let other = folder.path().join("other.sqlite");
    let missing = restored(folder.path(), &other, &clock).await;
    assert!(
        matches!(missing, Err(RestoreError::Missing(_))),
        "{missing:?}"
    );
    std::fs::write(&other, "no database ".repeat(1000)).expect("writes");
    let odd = restored(folder.path(), &other, &clock).await;
    assert!(matches!(odd, Err(RestoreError::NotOurs { .. })), "{odd:?}");
    let change = async |text: &'static str| {
        let url = format!("sqlite://{}?mode=rwc", other.display());
        let mut conn = sqlx::SqliteConnection::connect(&url).await.expect("opens");
        sqlx::raw_sql(text)
            .execute(&mut conn)
            .await
            .expect("changes");
        conn.close().await.expect("closes");
    };
    std::fs::remove_file(&other).expect("removes");
    change("CREATE TABLE notes (id INTEGER)").await;
    let foreign = restored(folder.path(), &other, &clock).await;
    assert!(
        matches!(foreign, Err(RestoreError::NotOurs { .. })),
        "{foreign:?}"
    );
    std::fs::copy(&copy, &other).expect("copies");
    change("PRAGMA foreign_keys = OFF; UPDATE workspace SET owner_id = 'nobody'").await;
    let broken = restored(folder.path(), &other, &clock).await;
    assert!(
        matches!(&broken, Err(RestoreError::Damaged { faults, .. })
            if faults[0].contains("workspace")),
        "{broken:?}"
    );
    std::fs::copy(&copy, &other).expect("copies");
    change("UPDATE _sqlx_migrations SET version = version + 1000").await;
    let newer = restored(folder.path(), &other, &clock).await;
    assert!(
        matches!(newer, Err(RestoreError::Newer { found, known, .. }) if found == known + 1000),
        "{newer:?}"
    );
    assert_eq!(names(folder.path()), before);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("data")).expect("lists");
    let names = entries.map(|entry| entry.expect("lists").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
