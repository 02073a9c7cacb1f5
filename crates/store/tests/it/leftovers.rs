//! Files that a crash left between the commit of a deletion and their removal.

use std::{path::Path, sync::Arc, time::Duration};

use tempfile::TempDir;
use weald_testkit::{
    clock::FakeClock,
    contract::world::{World, soon},
};

use crate::fresh::{open, ports};

fn make(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("payload"), "text").expect("writes");
}

#[tokio::test]
async fn a_start_removes_what_belongs_to_nothing_and_nothing_else() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    let clock = FakeClock::default();
    let store = open(folder.path(), &clock).await;
    let world = World::of(ports(&store, clock.clone(), folder.clone())).await;
    let run = world.begin(world.new_run("hi")).await;
    let data = store.folder().root().to_owned();
    let gone: uuid::Uuid = world.id();
    let kept = [
        data.join("blobs").join(run.session.id.to_string()),
        data.join("workspaces").join(world.workspace.to_string()),
        // The topic stream of a workspace.
        data.join("blobs").join(world.workspace.to_string()),
        data.join("workspaces/notes-of-a-person"),
    ];
    let left = [
        data.join("blobs").join(gone.to_string()),
        data.join("workspaces").join(gone.to_string()),
    ];
    kept.iter().chain(&left).for_each(|folder| make(folder));
    let assets = data.join(format!("workspaces/{}/assets", world.workspace));
    let orphan = assets.join(format!("{}.txt", world.id::<uuid::Uuid>()));
    let note = assets.join("a-note-of-a-person.txt");
    std::fs::create_dir_all(&assets).expect("a folder");
    for file in [&orphan, &note] {
        std::fs::write(file, "text").expect("writes");
    }
    drop(world);
    store.close().await;

    let store = open(folder.path(), &clock).await;
    soon(async {
        while orphan.exists() || left.iter().any(|folder| folder.exists()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    store.close().await;
    assert!(note.exists(), "what is no asset stays");
    for folder in &kept {
        assert!(folder.join("payload").exists(), "{}", folder.display());
    }
}
