//! Copies of whole deployments: with rows of every table, between places and between engines.

mod large;
mod rows;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::StreamExt;
use tempfile::TempDir;
use weald_domain::{event::TopicFilter, ports::Clock, secret::Secret};
use weald_store::{
    Copied, CopyError, DatabaseAddress, LockError, OpenError, Place, Progress, copy_deployment,
};
use weald_testkit::{clock::FakeClock, contract::world::World, postgres::Postgres};

use crate::fresh::{open, ports, try_open, try_open_on};
use rows::{change, dump, furnished, tables};

/// A place of the tables in the data folder of a folder.
fn sqlite(folder: &Path) -> Place {
    Place {
        data_root: folder.join("data"),
        database: DatabaseAddress::Sqlite,
    }
}

fn postgres(server: &Postgres, folder: &Path) -> Place {
    Place {
        data_root: folder.join("data"),
        database: DatabaseAddress::Postgres(Secret::new(server.url())),
    }
}

async fn copied(from: &Place, to: &Place) -> Result<Copied, CopyError> {
    let mut said = Vec::new();
    let mut watch = |progress: Progress<'_>| said.push(progress.at.to_owned());
    let copied = copy_deployment(from, to, FakeClock::default().now(), &mut watch).await;
    if let Ok(copied) = &copied {
        for table in &copied.tables {
            assert!(said.contains(&table.name), "nothing was said of {table:?}");
        }
    }
    copied
}

fn database(folder: &Path) -> PathBuf {
    folder.join("data/weald.sqlite")
}

/// Gives a copy of a folder the key of the vault, which is kept apart from it.
fn with_key(from: &Path, to: &Path) {
    std::fs::create_dir(to.join("config")).expect("a folder");
    let key = "config/secrets.key";
    std::fs::copy(from.join(key), to.join(key)).expect("copies");
}

/// Opens a deployment and goes on with it; the feed goes on where it was.
async fn goes_on(place: &Place, folder: &Arc<TempDir>, before: &Copied) {
    let clock = FakeClock::default();
    let store = try_open_on(place.database.clone(), folder.path(), &clock).await;
    let store = store.expect("opens");
    let (held, faults) = store.verify_audit().await.expect("reads");
    assert_eq!((held, faults), (before.audited, vec![]));
    let world = World::of(ports(&store, clock, folder.clone())).await;
    let feed = world.ports.feed.clone();
    let head = feed.head().await.expect("reads");
    assert_eq!(head.pos, before.head);
    let follow = feed.follow(&world.access, vec![TopicFilter::All], head);
    let mut follow = follow.await.expect("follows");
    let mut run = world.begin(world.new_run("after the move")).await;
    world.finish(&mut run, "done").await;
    for n in 1..=3 {
        let frame = follow.next().await.expect("goes on").frame;
        assert_eq!(frame.envelope().pos, Some(before.head + n));
    }
    drop((follow, feed, world));
    store.close().await;
}

#[tokio::test]
async fn a_copy_in_another_folder_is_the_same_deployment() {
    let [from, to] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
    furnished(&from).await;
    let source = sqlite(from.path());
    let known = dump(&database(from.path())).await;
    let done = copied(&source, &sqlite(to.path())).await.expect("copies");
    assert_eq!(dump(&database(to.path())).await, known);
    assert_eq!(
        dump(&database(from.path())).await,
        known,
        "it was only read"
    );
    let names: Vec<_> = done.tables.iter().map(|table| table.name.clone()).collect();
    assert_eq!(names, tables(&database(from.path())).await);
    for table in &done.tables {
        assert!(
            table.rows > 0,
            "no row of {} was copied: give it one",
            table.name
        );
    }
    with_key(from.path(), to.path());
    let files = done.files.expect("another folder");
    assert!(
        files.files >= 3,
        "a payload, a live log, the vault: {files:?}"
    );
    goes_on(&sqlite(to.path()), &to, &done).await;
}

#[tokio::test]
async fn what_is_in_use_or_holds_something_is_refused() {
    let [from, to] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
    let clock = FakeClock::default();
    let (source, target) = (sqlite(from.path()), sqlite(to.path()));
    let missing = copied(&source, &target).await;
    assert!(matches!(missing, Err(CopyError::Missing(_))), "{missing:?}");
    let store = open(from.path(), &clock).await;
    let refused = copied(&source, &target).await;
    let in_use = |error: &OpenError| matches!(error, OpenError::Lock(LockError::InUse { .. }));
    assert!(
        matches!(&refused, Err(CopyError::Source(error)) if in_use(error)),
        "{refused:?}"
    );
    store.close().await;
    let other = open(to.path(), &clock).await;
    let refused = copied(&source, &target).await;
    assert!(
        matches!(&refused, Err(CopyError::Target(error)) if in_use(error)),
        "{refused:?}"
    );
    other.close().await;
    let before = dump(&database(to.path())).await;
    let refused = copied(&source, &target).await;
    assert!(
        matches!(refused, Err(CopyError::Occupied(_))),
        "{refused:?}"
    );
    assert_eq!(dump(&database(to.path())).await, before);
    let refused = copied(&source, &source).await;
    assert!(
        matches!(refused, Err(CopyError::Occupied(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_half_copied_folder_is_not_opened_and_is_filled_by_the_next_copy() {
    let [from, to] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
    let clock = FakeClock::default();
    furnished(&from).await;
    // A row that names one that is not there, as damage may leave it.
    let path = database(from.path());
    change(&path, "UPDATE folder SET owner_id = 'nobody'").await;
    let (source, target) = (sqlite(from.path()), sqlite(to.path()));
    let failed = copied(&source, &target).await;
    let said = format!("{:?}", failed.expect_err("is broken"));
    assert!(said.contains("folder"), "{said}");
    assert!(!database(to.path()).exists());
    let opened = try_open(to.path(), &clock).await.err();
    assert!(
        matches!(opened, Some(OpenError::HalfCopied(_))),
        "{opened:?}"
    );
    let whole = "UPDATE folder SET owner_id = (SELECT id FROM \"user\")";
    change(&path, whole).await;
    let done = copied(&source, &target).await.expect("copies");
    with_key(from.path(), to.path());
    goes_on(&target, &to, &done).await;
}

#[tokio::test]
async fn a_source_of_another_version_is_refused() {
    let [from, to] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
    open(from.path(), &FakeClock::default()).await.close().await;
    let newer = "UPDATE _sqlx_migrations SET version = version + 1000";
    change(&database(from.path()), newer).await;
    let refused = copied(&sqlite(from.path()), &sqlite(to.path())).await;
    assert!(
        matches!(refused, Err(CopyError::SourceVersion { found, known }) if found == known + 1000),
        "{refused:?}"
    );
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn there_and_back_every_row_is_the_same() {
        let [from, back] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
        let server = Postgres::start();
        furnished(&from).await;
        let known = dump(&database(from.path())).await;
        let there = super::postgres(&server, from.path());
        let first = copied(&sqlite(from.path()), &there).await.expect("copies");
        assert_eq!(first.files, None, "the folder is the same");
        for table in &first.tables {
            assert!(table.rows > 0, "no row of {} was copied", table.name);
        }
        let second = copied(&there, &sqlite(back.path())).await.expect("copies");
        assert_eq!(second.tables, first.tables);
        assert_eq!(second.digest, first.digest);
        assert_eq!(dump(&database(back.path())).await, known);
        with_key(from.path(), back.path());
        goes_on(&there, &from, &first).await;
        goes_on(&sqlite(back.path()), &back, &second).await;
        // What was left is there still, and stands in the way of a move back.
        let refused = copied(&there, &sqlite(from.path())).await;
        assert!(
            matches!(refused, Err(CopyError::Occupied(_))),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn a_server_to_another_server() {
        let from = Arc::new(TempDir::new().expect("a folder"));
        let (one, two) = (Postgres::start(), Postgres::start());
        furnished(&from).await;
        let [here, there] = [&one, &two].map(|server| super::postgres(server, from.path()));
        let first = copied(&sqlite(from.path()), &here).await.expect("copies");
        let second = copied(&here, &there).await.expect("copies");
        assert_eq!(second, first);
        goes_on(&there, &from, &second).await;
    }

    #[tokio::test]
    async fn a_target_that_is_not_the_same_stays_empty() {
        let from = Arc::new(TempDir::new().expect("a folder"));
        let server = Postgres::start();
        furnished(&from).await;
        let there = super::postgres(&server, from.path());
        // An empty database with our tables, in which something changes what is written.
        let apart = Arc::new(TempDir::new().expect("a folder"));
        open(apart.path(), &FakeClock::default())
            .await
            .close()
            .await;
        let path = database(apart.path());
        for table in tables(&path).await {
            change(&path, &format!("DELETE FROM \"{table}\"")).await;
        }
        let empty = super::postgres(&server, apart.path());
        copied(&sqlite(apart.path()), &empty).await.expect("copies");
        let pool = sqlx::PgPool::connect(&server.url())
            .await
            .expect("connects");
        for text in [
            "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN NEW.metadata = '{\"changed\": 1}'; RETURN NEW; END $$",
            "CREATE TRIGGER change BEFORE INSERT ON message
             FOR EACH ROW EXECUTE FUNCTION change()",
        ] {
            sqlx::query(text).execute(&pool).await.expect("runs");
        }
        let refused = copied(&sqlite(from.path()), &there).await;
        let Err(CopyError::Differs(differences)) = refused else {
            panic!("{refused:?}");
        };
        let named: Vec<_> = differences.iter().map(|d| d.table.as_str()).collect();
        assert_eq!(named, ["message"]);
        assert_eq!(differences[0].source_rows, differences[0].target_rows);
        for table in tables(&database(from.path())).await {
            let text = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM \"{table}\""));
            let rows: i64 = sqlx::query_scalar(text)
                .fetch_one(&pool)
                .await
                .expect("reads");
            assert_eq!(rows, 0, "{table}");
        }
        sqlx::query("DROP TRIGGER change ON message")
            .execute(&pool)
            .await
            .expect("runs");
        let done = copied(&sqlite(from.path()), &there).await.expect("copies");
        goes_on(&there, &from, &done).await;
        let refused = copied(&sqlite(from.path()), &there).await;
        assert!(
            matches!(refused, Err(CopyError::Occupied(_))),
            "{refused:?}"
        );
        // Every reference is there again.
        let references = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated";
        let count: i64 = sqlx::query_scalar(references)
            .fetch_one(&pool)
            .await
            .expect("reads");
        let ours = include_str!("../../migrations/postgres/0001_spine.sql");
        assert_eq!(count as usize, ours.matches(" REFERENCES ").count());
    }

    #[tokio::test]
    async fn a_server_in_use_is_refused_and_a_zero_byte_is_named() {
        let [from, other] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
        let server = Postgres::start();
        let clock = FakeClock::default();
        open(from.path(), &clock).await.close().await;
        let there = super::postgres(&server, from.path());
        let store = try_open_on(there.database.clone(), other.path(), &clock).await;
        let refused = copied(&sqlite(from.path()), &there).await;
        assert!(
            matches!(refused, Err(CopyError::Target(OpenError::DatabaseInUse))),
            "{refused:?}"
        );
        store.expect("opens").close().await;
        let pool = sqlx::PgPool::connect(&server.url())
            .await
            .expect("connects");
        sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            .execute(&pool)
            .await
            .expect("runs");
        let zero = "UPDATE workspace SET name = 'a' || char(0) || 'b'";
        change(&database(from.path()), zero).await;
        let refused = copied(&sqlite(from.path()), &there).await;
        assert!(
            matches!(&refused, Err(CopyError::ZeroByte { table, column })
                if (table.as_str(), column.as_str()) == ("workspace", "name")),
            "{refused:?}"
        );
    }
}
