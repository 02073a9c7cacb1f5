//! R17: every flip, deletion, swap and insertion in an audit chain is found.

use std::sync::Arc;

use sqlx::SqlitePool;
use tempfile::TempDir;
use weald_domain::ports::{PageRequest, Write};
use weald_store::{ChainFault, Store};
use weald_testkit::{clock::FakeClock, contract::world::World};

use crate::fresh::{open, ports};

const ENTRIES: u64 = 40;

async fn audited() -> (Arc<TempDir>, Store, World) {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder.clone())).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let writes = (0..ENTRIES)
        .map(|n| Write::Audit(world.audited_call(&run, n)))
        .collect();
    world.append(&mut run, vec![], writes).await;
    (folder, store, world)
}

async fn change(folder: &TempDir, text: &'static str) {
    let path = folder.path().join("data/weald.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let pool = SqlitePool::connect_with(options).await.expect("opens");
    sqlx::query(text).execute(&pool).await.expect("changes");
    pool.close().await;
}

#[tokio::test]
async fn an_honest_chain_holds() {
    let (_folder, store, world) = audited().await;
    let identity = &world.ports.identity;
    identity
        .set_root_token_hash("h", world.ports.now())
        .await
        .expect("stores");
    assert_eq!(
        store.verify_audit().await.expect("reads"),
        (ENTRIES + 1, vec![])
    );
    let page = PageRequest {
        after: None,
        limit: 30,
    };
    let first = store
        .audit_entries(Some(world.workspace), page)
        .await
        .expect("reads");
    assert_eq!((first.items.len(), first.items[0].seq), (30, 1));
    let page = PageRequest {
        after: first.next,
        limit: 30,
    };
    let rest = store
        .audit_entries(Some(world.workspace), page)
        .await
        .expect("reads");
    assert_eq!((rest.items.len(), rest.next), (10, None));
    assert_eq!(rest.items[0].prev_hash, first.items[29].hash);
}

#[tokio::test]
async fn every_kind_of_change_is_found() {
    let changes = [
        (
            "UPDATE audit SET resource = 'fs_read x' WHERE seq = 7 AND workspace_id <> ''",
            7,
        ),
        (
            "UPDATE audit SET decision = 'denied' WHERE seq = 7 AND workspace_id <> ''",
            7,
        ),
        (
            "UPDATE audit SET user_id = NULL WHERE seq = 7 AND workspace_id <> ''",
            7,
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE seq = 7 AND workspace_id <> ''",
            7,
        ),
        ("DELETE FROM audit WHERE seq = 7 AND workspace_id <> ''", 7),
        ("DELETE FROM audit WHERE seq = 1 AND workspace_id <> ''", 1),
        (
            "UPDATE audit SET resource = (SELECT resource FROM audit b
                WHERE b.workspace_id = audit.workspace_id AND b.seq = 17 - audit.seq)
             WHERE seq IN (8, 9) AND workspace_id <> ''",
            8,
        ),
        (
            "INSERT INTO audit SELECT workspace_id, 41, user_id, session_id, extension, action,
                resource, decision, grant_id, payload_hash, at, hash, hash
             FROM audit WHERE seq = 40 AND workspace_id <> ''",
            41,
        ),
    ];
    for (text, seq) in changes {
        let (folder, store, world) = audited().await;
        change(&folder, text).await;
        let (_, faults) = store.verify_audit().await.expect("reads");
        let workspace_id = Some(world.workspace);
        assert_eq!(faults, [ChainFault { workspace_id, seq }], "{text}");
    }
}
