//! What a tool call leaves in the audit chain of its workspace (WK-015).

use std::{collections::BTreeMap, sync::Arc};

use weald_domain::{
    audit::{AuditDecision, CHAIN_START, chain_hash},
    id::WorkspaceId,
    ports::PageRequest,
};
use weald_store::{AuditRow, DatabaseAddress, SecretsBackend, Store, StoreConfig};
use weald_testkit::clock::{FakeClock, TestIds};

use crate::{app::TestApp, approvals, command::Home};

/// The rows of a workspace whose server has stopped, with every chain verified.
async fn rows_of(home: &Home, workspace: WorkspaceId) -> Vec<AuditRow> {
    let config = StoreConfig {
        data_root: home.path().join("home/data"),
        database: DatabaseAddress::Sqlite,
        machine_key: home.path().join("home/config/secrets.key"),
        secrets: SecretsBackend::File,
        environment: BTreeMap::new(),
        owner_name: "Ada".into(),
        stream_ttl_ms: 0,
    };
    let (clock, ids) = (FakeClock::default(), TestIds::seeded(7));
    let store = Store::open(config, Arc::new(clock), Arc::new(ids))
        .await
        .expect("opens");
    let (held, faults) = store.verify_audit().await.expect("reads");
    assert_eq!(faults, []);
    let all = PageRequest {
        after: None,
        limit: 200,
    };
    let page = store.audit_entries(Some(workspace), all).await;
    let rows = page.expect("reads").items;
    assert!(held >= rows.len() as u64, "every row was verified");
    store.close().await;
    rows
}

#[tokio::test]
async fn an_allowed_call_and_a_denied_one_are_in_the_chain() {
    let (repository, acts) = approvals::repository();
    let mut app = TestApp::start().await;
    for decision in ["--allow", "--deny"] {
        let home = app.home();
        approvals::parked(home, &repository, &acts).await;
        let id = approvals::pending(home).await;
        let said = home.weald(&["approval", "answer", &id, decision]).await;
        assert_eq!(said.code, 0, "{said:?}");
        approvals::settled(&app).await;
    }
    let workspace = app.client().workspaces(&Default::default()).await;
    let workspace = workspace.expect("lists").items[0].id;
    assert_eq!(app.stop().await, 0);

    let rows = rows_of(app.home(), workspace).await;
    let calls: Vec<_> = rows
        .iter()
        .filter(|row| row.entry.action == "tool.call")
        .map(|row| (row.entry.extension.as_deref(), row.entry.decision))
        .collect();
    let fs = Some("fs-worker");
    assert_eq!(
        calls,
        [
            (fs, AuditDecision::Asked),
            (fs, AuditDecision::Allowed),
            (fs, AuditDecision::Asked),
            (fs, AuditDecision::Denied),
        ],
        "{rows:#?}"
    );
    let allowed = rows.iter().find(|row| {
        row.entry.action == "tool.call" && row.entry.decision == AuditDecision::Allowed
    });
    let entry = &allowed.expect("there is one").entry;
    assert!(entry.resource.contains("fs_read"), "{entry:?}");
    assert!(
        entry.session_id.is_some() && entry.user_id.is_some(),
        "{entry:?}"
    );
    let hash = entry.payload_hash.as_deref().unwrap_or_default();
    assert_eq!(hash.len(), 64, "the arguments by their hash: {entry:?}");
    // The chain, by hand: numbers without a gap, each hash over the one before it.
    let mut before = CHAIN_START.to_owned();
    for (n, row) in (1..).zip(&rows) {
        assert_eq!((row.seq, &row.prev_hash), (n, &before));
        assert_eq!(row.hash, chain_hash(&before, n, &row.entry));
        before.clone_from(&row.hash);
    }
}
