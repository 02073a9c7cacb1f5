//! A planted secret is found in no file but, sealed, in the vault (R18).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;
use weald_domain::secret::{Secret, SecretRef};
use weald_testkit::{
    clock::FakeClock,
    contract::{edits::provider, world::World},
};

use crate::fresh::{open, ports};

const CANARY: &str = "canary-5e1f0c9b-never-on-disk";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("lists").flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Files that hold the canary as it is, in base64, hex or JSON.
fn finds(folder: &Path) -> Vec<PathBuf> {
    let hex: String = CANARY.bytes().map(|b| format!("{b:02x}")).collect();
    // The middle of its base64, whatever stands before it.
    let forms = [
        CANARY.as_bytes(),
        hex.as_bytes(),
        b"LTVlMWYwYzliLW5ldmVyLW9uLWRpc2",
    ];
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).expect("reads");
        forms
            .iter()
            .any(|form| bytes.windows(form.len()).any(|window| window == *form))
    };
    files(folder).into_iter().filter(holds).collect()
}

#[tokio::test]
async fn a_secret_is_on_disk_in_the_vault_only_and_sealed() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    let name: SecretRef = "secret://provider/x".parse().expect("a reference");
    let secrets = &world.ports.secrets;
    secrets
        .set(&name, Secret::new(CANARY.into()))
        .await
        .expect("stores");
    secrets
        .set(&name, Secret::new(CANARY.into()))
        .await
        .expect("replaces");
    let row = provider(&world, "open");
    assert_eq!(row.secret_ref.as_ref(), Some(&name));
    let providers = &world.ports.providers;
    providers
        .create(row, world.access.user_id)
        .await
        .expect("stores");
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = world
        .ports
        .live_log
        .open(world.origin(&run), 1)
        .await
        .expect("opens");
    log.write(2, &[world.delta(&run, 0, "x")], world.ports.now())
        .expect("writes");
    world.finish(&mut run, "x").await;
    let held = secrets.get(&name).await.expect("reads").expect("is there");
    assert_eq!(held.expose(), CANARY);
    assert_eq!(finds(folder.path()), Vec::<PathBuf>::new());
    store.close().await;
    assert!(
        files(folder.path()).len() >= 4,
        "the search has something to look at"
    );
    assert_eq!(finds(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn the_search_finds_what_is_planted() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("log");
    for form in [
        format!("key={CANARY};"),
        "Y2FuYXJ5LTVlMWYwYzliLW5ldmVyLW9uLWRpc2s=".to_owned(),
    ] {
        std::fs::write(&path, form).expect("writes");
        assert_eq!(finds(folder.path()), std::slice::from_ref(&path));
    }
}
