//! Stores in temporary folders.

use std::{
    any::Any,
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;
use weald_domain::limits::STREAM_TTL_MS;
use weald_store::{DatabaseAddress, OpenError, SecretsBackend, Store, StoreConfig};
use weald_testkit::{
    clock::{FakeClock, TestIds},
    contract::Ports,
};

/// A configuration below a folder.
pub(crate) fn config(folder: &Path) -> StoreConfig {
    StoreConfig {
        data_root: folder.join("data"),
        database: DatabaseAddress::Sqlite,
        machine_key: folder.join("config/secrets.key"),
        secrets: SecretsBackend::File,
        environment: BTreeMap::new(),
        owner_name: "Ada".into(),
        stream_ttl_ms: STREAM_TTL_MS,
    }
}

/// Opens a store; each opening draws ids of its own.
pub(crate) async fn try_open(folder: &Path, clock: &FakeClock) -> Result<Store, OpenError> {
    try_open_on(DatabaseAddress::Sqlite, folder, clock).await
}

/// Opens a store on a database.
pub(crate) async fn try_open_on(
    database: DatabaseAddress,
    folder: &Path,
    clock: &FakeClock,
) -> Result<Store, OpenError> {
    static SEED: AtomicU32 = AtomicU32::new(1);
    let ids = TestIds::seeded(SEED.fetch_add(1, Ordering::Relaxed));
    let config = StoreConfig {
        database,
        ..config(folder)
    };
    Store::open(config, Arc::new(clock.clone()), Arc::new(ids)).await
}

/// Opens a store that must open.
pub(crate) async fn open(folder: &Path, clock: &FakeClock) -> Store {
    try_open(folder, clock).await.expect("opens")
}

/// The ports of a store.
pub(crate) fn ports(store: &Store, clock: FakeClock, keep: Arc<dyn Any + Send + Sync>) -> Ports {
    static SEED: AtomicU32 = AtomicU32::new(1_000_000);
    Ports {
        clock,
        ids: Arc::new(TestIds::seeded(SEED.fetch_add(1, Ordering::Relaxed))),
        approvals: store.approvals(),
        assets: store.assets(),
        blobs: store.blobs(),
        conversations: store.conversations(),
        feed: store.feed(),
        folders: store.folders(),
        identity: store.identity(),
        inbox: store.inbox(),
        journal: store.journal(),
        live_log: store.live_log(),
        presets: store.presets(),
        projects: store.projects(),
        providers: store.providers(),
        request_keys: store.request_keys(),
        secrets: store.secrets(),
        sessions: store.sessions(),
        streams: store.session_streams(),
        settings: store.settings(),
        workspaces: store.workspaces(),
        keep,
    }
}

/// A fresh store in a folder that is removed with it.
pub(crate) async fn fresh() -> Ports {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    ports(&store, clock, folder)
}
