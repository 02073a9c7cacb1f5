//! Claims that fail half-way.

use std::sync::Arc;

use tempfile::TempDir;
use weald_domain::ports::Write;
use weald_testkit::{clock::FakeClock, contract::world::World};

use crate::fresh::{open, ports};

#[tokio::test]
async fn a_claim_whose_history_cannot_be_read_can_be_made_again() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock, folder.clone())).await;
    let mut run = world.begin(world.new_run("hi")).await;
    world.append(&mut run, vec![], vec![Write::HandBack]).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.folder().database());
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    let change =
        async |text: &'static str| sqlx::query(text).execute(&pool).await.expect("changes");
    change("UPDATE step SET step_key = CAST(x'ff' AS TEXT)").await;
    let journal = &world.ports.journal;
    assert!(journal.claim(run.session.id).await.is_err());
    assert!(store.owned().is_empty(), "nobody drives it");
    let waiting = async || journal.waiting().await.expect("reads");
    assert!(!waiting().await[0].orphaned, "it was handed back");
    change("UPDATE stream SET status = 'running', owner_incarnation = 'gone'").await;
    assert!(journal.claim(run.session.id).await.is_err());
    assert!(waiting().await[0].orphaned, "its owner had died");
    change("UPDATE step SET step_key = 't1/m1'").await;
    let claimed = journal.claim(run.session.id).await.expect("reads");
    assert_eq!(claimed.expect("it is free").session, run.session);
}
