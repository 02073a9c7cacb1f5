//! A worker keeps to its directories by itself, whatever it is asked.

use std::{
    collections::BTreeMap,
    os::unix::fs::symlink,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use weald_worker_host::sdk::{Roots, Trial};

use crate::{Folder, call, program, worker};

#[tokio::test]
async fn paths_that_lead_outside_are_refused_by_the_worker_too() {
    let folder = Folder::new();
    folder.write("a", "inside").write("dir/b", "inside");
    std::fs::write(folder.outside.join("secret"), "secret").expect("file");
    symlink(&folder.outside, folder.root.join("link")).expect("link");
    symlink(folder.outside.join("secret"), folder.root.join("file-link")).expect("link");
    symlink("a", folder.root.join("inner-link")).expect("link");
    symlink("/proc/self/root", folder.root.join("magic")).expect("link");
    let mut fs = worker("fs-worker", &folder.root).await;
    let outside = folder.outside.to_str().expect("utf-8");
    for path in [
        folder.path("../secret"),
        folder.path("link/secret"),
        folder.path("file-link"),
        folder.path("dir/../../secret"),
        folder.path("magic/etc/passwd"),
        "/etc/passwd".into(),
        format!("{outside}/secret"),
        "secret".into(),
        folder.path("inner-link"),
    ] {
        for (tool, args) in [
            ("fs_read", json!({ "path": path })),
            ("fs_list", json!({ "path": path })),
            ("fs_search", json!({ "path": path, "pattern": "." })),
            ("fs_find", json!({ "path": path, "glob": "*" })),
        ] {
            let answer = call(&mut fs, tool, args).await;
            let code = answer.code().unwrap_or("none");
            let refused = matches!(code, "moved" | "outside_projects" | "not_a_directory");
            assert!(
                answer.is_error && refused,
                "{tool} {path}: {code} {:?}",
                answer.value
            );
        }
    }
    let found = call(
        &mut fs,
        "fs_search",
        json!({ "path": folder.path("."), "pattern": "." }),
    )
    .await;
    assert_eq!(
        found.value["hits"].as_array().expect("hits").len(),
        2,
        "no link is followed"
    );
}

#[tokio::test]
async fn after_one_answer_only_what_was_answered_is_open() {
    let folder = Folder::new();
    folder
        .write("dir/a", "1")
        .write("dir/deep/b", "2")
        .write("other", "3")
        .write("dirt", "4");
    let roots = Roots {
        roots: vec![folder.root.clone()],
        cwd: Some(folder.root.clone()),
        only: Some(vec![folder.root.join("dir")]),
        ..Roots::default()
    };
    let mut fs = Trial::start(program(), "fs-worker", roots)
        .await
        .expect("a worker");
    for (path, is_error) in [
        ("dir/a", false),
        ("dir/deep/b", false),
        ("other", true),
        ("dirt", true),
    ] {
        let read = call(&mut fs, "fs_read", json!({ "path": folder.path(path) })).await;
        assert_eq!(read.is_error, is_error, "{path}");
    }
    let list = call(&mut fs, "fs_list", json!({ "path": folder.path(".") })).await;
    assert_eq!(list.code(), Some("outside_projects"));
}

#[tokio::test]
async fn what_was_denied_stays_closed_below_what_is_open() {
    let folder = Folder::new();
    folder
        .write("a", "needle")
        .write("closed/b", "needle")
        .write("closed-too", "needle");
    let roots = Roots {
        roots: vec![folder.root.clone()],
        cwd: Some(folder.root.clone()),
        except: vec![folder.root.join("closed")],
        ..Roots::default()
    };
    let mut fs = Trial::start(program(), "fs-worker", roots)
        .await
        .expect("a worker");
    let args = json!({ "path": folder.path("."), "pattern": "needle" });
    let found = call(&mut fs, "fs_search", args).await.value;
    let paths: Vec<_> = found["hits"]
        .as_array()
        .expect("hits")
        .iter()
        .map(|h| &h["path"])
        .collect();
    assert_eq!(paths, ["a", "closed-too"]);
    let read = call(
        &mut fs,
        "fs_read",
        json!({ "path": folder.path("closed/b") }),
    )
    .await;
    assert_eq!(read.code(), Some("outside_projects"));
}

#[tokio::test]
async fn a_directory_swapped_for_a_link_again_and_again_never_leads_outside() {
    let folder = Folder::new();
    folder.write("d/f", "harmless");
    let there = folder.outside.join("there");
    std::fs::create_dir(&there).expect("dir");
    std::fs::write(there.join("f"), "secret").expect("file");
    let stop = Arc::new(AtomicBool::new(false));
    let swapper = std::thread::spawn({
        let (stop, dir, aside) = (
            Arc::clone(&stop),
            folder.root.join("d"),
            folder.root.join("aside"),
        );
        move || {
            while !stop.load(Ordering::Relaxed) {
                std::fs::rename(&dir, &aside).expect("aside");
                symlink(&there, &dir).expect("link");
                std::fs::remove_file(&dir).expect("unlinked");
                std::fs::rename(&aside, &dir).expect("back");
            }
        }
    });
    let mut fs = worker("fs-worker", &folder.root).await;
    let file = folder.path("d/f");
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    let mut unguarded = 0;
    for round in 0..2400 {
        let answer = match round % 3 {
            0 => call(&mut fs, "fs_read", json!({ "path": file })).await,
            1 => {
                call(
                    &mut fs,
                    "fs_search",
                    json!({ "path": file, "pattern": "." }),
                )
                .await
            }
            _ => {
                call(
                    &mut fs,
                    "fs_search",
                    json!({ "path": folder.path("."), "pattern": "." }),
                )
                .await
            }
        };
        assert!(
            !answer.value.to_string().contains("secret"),
            "the secret was read"
        );
        *met.entry(answer.code().unwrap_or("read").to_owned())
            .or_default() += 1;
        unguarded += u32::from(std::fs::read_to_string(&file).is_ok_and(|text| text == "secret"));
    }
    stop.store(true, Ordering::Relaxed);
    swapper.join().expect("swapped");
    assert!(
        met.len() >= 2 && unguarded > 0,
        "the race did not happen: {met:?}, {unguarded}"
    );
}
