//! Blobs, assets and secrets.

use bytes::Bytes;
use weald_domain::{
    ports::Write,
    secret::{Secret, SecretRef},
};

use super::{Ports, world::World};

/// Whole or not at all.
pub async fn blobs_are_replaced_whole(ports: Ports) {
    let blobs = &ports.blobs;
    let name = "workspaces/w/assets/a.png";
    assert_eq!(blobs.get(name).await.expect("reads"), None);
    for bytes in [b"one".as_slice(), b"longer", b""] {
        let bytes = Bytes::copy_from_slice(bytes);
        blobs.put(name, bytes.clone()).await.expect("stores");
        assert_eq!(blobs.get(name).await.expect("reads"), Some(bytes));
    }
    blobs.delete(name).await.expect("removes");
    blobs.delete(name).await.expect("is harmless");
    assert_eq!(blobs.get(name).await.expect("reads"), None);
}

/// E22: a name never leads elsewhere.
pub async fn names_out_of_the_folder_are_refused(ports: Ports) {
    for name in [
        "",
        "x",
        "/etc/passwd",
        "../x",
        "workspaces/../weald.sqlite",
        "workspaces//x",
        "workspaces/.",
        "workspaces/a\\b",
        "workspaces/a\0b",
        "weald.sqlite",
        "secrets.vault",
        "live/x.log",
    ] {
        let put = ports.blobs.put(name, Bytes::new()).await;
        assert!(put.is_err(), "{name:?} was written");
        assert!(ports.blobs.get(name).await.is_err(), "{name:?} was read");
        assert!(
            ports.blobs.delete(name).await.is_err(),
            "{name:?} was removed"
        );
    }
}

/// MY-29: members read it, and it goes with its conversation, file and row.
pub async fn an_asset_lives_as_long_as_its_conversation(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let asset = world.asset(&run);
    let (assets, blobs) = (&world.ports.assets, &world.ports.blobs);
    let bytes = Bytes::from_static(b"all");
    blobs.put(&asset.blob(), bytes).await.expect("stores");
    let (events, mut writes) = world.ending(&run, "done");
    writes.push(Write::Asset(asset.clone()));
    world.append(&mut run, events, writes).await;
    let mine = assets.get(&world.access, asset.id).await.expect("reads");
    assert_eq!(mine.as_ref(), Some(&asset));
    let stranger = world.stranger();
    assert_eq!(assets.get(&stranger, asset.id).await.expect("reads"), None);

    let (access, now) = (&world.access, world.ports.now());
    let conversations = &world.ports.conversations;
    let gone = conversations.delete(access, run.session.conversation_id, now);
    assert!(gone.await.expect("deletes"));
    assert_eq!(assets.get(access, asset.id).await.expect("reads"), None);
    assert_eq!(blobs.get(&asset.blob()).await.expect("reads"), None);
}

/// MY-08.
pub async fn secrets_are_kept(ports: Ports) {
    let name = |text: &str| text.parse::<SecretRef>().expect("a reference");
    let secrets = &ports.secrets;
    let (a, b) = (name("secret://provider/a"), name("secret://provider/b"));
    assert_eq!(secrets.get(&a).await.expect("reads"), None);
    for value in ["one", "two"] {
        secrets
            .set(&a, Secret::new(value.into()))
            .await
            .expect("stores");
        let kept = secrets.get(&a).await.expect("reads").expect("is there");
        assert_eq!(kept.expose(), value);
    }
    secrets
        .set(&b, Secret::new("b".into()))
        .await
        .expect("stores");
    assert_eq!(secrets.list().await.expect("reads"), [a.clone(), b.clone()]);
    assert!(secrets.delete(&a).await.expect("removes"));
    assert!(!secrets.delete(&a).await.expect("answers"));
    assert_eq!(secrets.list().await.expect("reads"), [b]);
}
