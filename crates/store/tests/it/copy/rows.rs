//! A deployment that has rows in every table, and what is in a database.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use serde_json::{Map, json};
use sqlx::{AssertSqlSafe, Row, SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use weald_domain::{
    approval::Approval,
    conversation::Folder,
    permission::{Decision, Lifetime},
    ports::{InboxKind, InboxRow, NewAnswer, NewLogin, StoredResponse, Write},
    project::{Project, ProjectKind, ProjectStatus},
    secret::{Secret, SecretRef},
};
use weald_testkit::{
    clock::FakeClock,
    contract::world::{Running, World},
};

use crate::fresh::{open, ports};

/// Makes a deployment with data of the real ports, and closes it. Tables that no port writes yet
/// get a row of their own.
pub(super) async fn furnished(folder: &Arc<TempDir>) {
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder.clone())).await;
    people(&world).await;
    things(&world).await;
    talk(&world).await;
    drop(world);
    store.close().await;
    let path = folder.path().join("data/weald.sqlite");
    for text in [
        "INSERT INTO ui_state (owner_id, workspace_id, state, version, created_at, updated_at)
         SELECT owner_id, id, '{\"tabs\": []}', 1, 1, 1 FROM workspace",
        "INSERT INTO snapshot (stream_id, seq, state)
         SELECT id, head_seq, x'00ff10' FROM stream WHERE kind = 'session'",
        // A parent that is younger than its child, as after a move.
        "UPDATE folder SET parent_id = (SELECT max(id) FROM folder)
         WHERE id = (SELECT min(id) FROM folder)",
    ] {
        change(&path, text).await;
    }
}

async fn people(world: &World) {
    let (identity, now) = (&world.ports.identity, world.ports.now());
    identity
        .set_root_token_hash("h", now)
        .await
        .expect("stores");
    let login = NewLogin {
        id: world.id(),
        owner_id: world.access.user_id,
        token_hash: "hash".into(),
        expires_at: now.plus_millis(1_000),
        user_agent: Some("Ünïcode 🌲 \t\\ 'quoted'".into()),
        at: now,
    };
    identity.create_login(login).await.expect("stores");
    let keys = &world.ports.request_keys;
    let (user, body) = (world.access.user_id, Bytes::from_static(b"\x00\xff{}"));
    keys.reserve(user, "k", "h", now).await.expect("answers");
    let response = StoredResponse { status: 201, body };
    keys.complete(user, "k", response).await.expect("stores");
    let secret: SecretRef = "secret://a/b".parse().expect("a reference");
    let stored = world.ports.secrets.set(&secret, Secret::new("s".into()));
    stored.await.expect("stores");
    let patch = Map::from_iter([("app.theme".to_owned(), json!("dark"))]);
    let settings = &world.ports.settings;
    settings.update(user, patch, now).await.expect("stores");
}

async fn things(world: &World) {
    let now = world.ports.now();
    for name in ["a", "b"] {
        let folder = Folder {
            id: world.id(),
            workspace_id: world.workspace,
            owner_id: world.access.user_id,
            parent_id: None,
            name: name.into(),
            position: 0,
            created_at: now,
            updated_at: now,
        };
        let made = world.ports.folders.create(&world.access, folder).await;
        assert!(made.expect("stores"));
    }
    let project = Project {
        id: "repo".parse().expect("a slug"),
        workspace_id: world.workspace,
        owner_id: world.access.user_id,
        name: "Repo".into(),
        kind: ProjectKind::Repository,
        root_directory: "/repo".into(),
        status: ProjectStatus::Active,
        description: None,
        is_active: false,
        metadata: Map::new(),
        created_at: now,
        updated_at: now,
    };
    let made = world.ports.projects.create(&world.access, project).await;
    made.expect("stores");
}

/// A finished talk with a large text, an asset and an audited call, one with an answered question,
/// and one that was interrupted.
async fn talk(world: &World) {
    let mut run = world.begin(world.new_run("a \\u0000 b\u{1F332}")).await;
    let (mut events, mut writes) = world.ending(&run, &"x".repeat(40_000));
    // Above what a row holds: its payload is a file.
    let large = json!({"message_id": run.reply.id, "text": "y".repeat(40_000)});
    events[0].payload = serde_json::value::to_raw_value(&large).expect("encodes");
    let asset = world.asset(&run);
    let bytes = Bytes::from_static(b"all");
    world
        .ports
        .blobs
        .put(&asset.blob(), bytes)
        .await
        .expect("stores");
    writes.insert(0, Write::Asset(asset));
    writes.extend((0..5).map(|n| Write::Audit(world.audited_call(&run, n))));
    world.append(&mut run, events, writes).await;
    let (asked, approval) = question(world).await;
    let answer = NewAnswer {
        decision: Decision::Allow,
        lifetime: Lifetime::Conversation,
        reason: None,
        grant_ids: vec![world.id()],
        at: world.ports.now(),
    };
    let approvals = &world.ports.approvals;
    let taken = approvals.answer(&world.access, approval.id, answer).await;
    taken.expect("takes");
    let open = world.begin(world.new_run("and then?")).await;
    let session = open.session.id;
    let (inbox, now) = (&world.ports.inbox, world.ports.now());
    let row = InboxRow {
        id: world.id(),
        kind: InboxKind::Interrupt {
            by: None,
            reason: Some("stop".into()),
        },
    };
    inbox.post(session, row, now).await.expect("posts");
    let live = &world.ports.live_log;
    let origin = world.origin(&open);
    let mut log = live.open(origin, open.lease.epoch).await.expect("opens");
    let delta = world.delta(&open, 0, "half a sen");
    log.write(2, &[delta], now).expect("writes");
    drop((log, asked));
}

async fn question(world: &World) -> (Running, Approval) {
    let mut run = world.begin(world.new_run("may I?")).await;
    let approval = world.approval(&run);
    let writes = vec![Write::Approval(approval.clone()), Write::Park];
    world.append(&mut run, vec![], writes).await;
    (run, approval)
}

async fn pool(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false);
    SqlitePool::connect_with(options).await.expect("opens")
}

/// Changes a database by hand.
pub(super) async fn change(path: &Path, text: &str) {
    let pool = pool(path).await;
    let text = AssertSqlSafe(text.to_owned());
    sqlx::query(text).execute(&pool).await.expect("changes");
    pool.close().await;
}

/// The tables of a database, but for that of its migrations.
pub(super) async fn tables(path: &Path) -> Vec<String> {
    let pool = pool(path).await;
    let text = "SELECT name FROM sqlite_schema
        WHERE type = 'table' AND name <> '_sqlx_migrations' ORDER BY name";
    let rows = sqlx::query(text).fetch_all(&pool).await.expect("reads");
    pool.close().await;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Every row of every table, as SQLite itself writes its values down.
pub(super) async fn dump(path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let names = tables(path).await;
    let pool = pool(path).await;
    for table in names {
        let columns = "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ')
            FROM pragma_table_info(?)";
        let row = sqlx::query(columns).bind(table.clone());
        let columns: String = row.fetch_one(&pool).await.expect("reads").get(0);
        let text = AssertSqlSafe(format!("SELECT {columns} FROM \"{table}\" ORDER BY 1"));
        let rows = sqlx::query(text).fetch_all(&pool).await.expect("reads");
        lines.extend(rows.iter().map(|row| {
            let row: String = row.get(0);
            format!("{table}: {row}")
        }));
    }
    pool.close().await;
    lines
}
