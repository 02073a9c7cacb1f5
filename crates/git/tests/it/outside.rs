//! Repositories that would show something else than themselves.

use std::{fs, os::unix::fs::symlink};

use weald_git::{DiffQuery, GitError, LogQuery};
use weald_testkit::repository::Repository as Fixture;

use crate::{git, open, roots};

fn secret() -> Fixture {
    let secret = Fixture::empty();
    secret.write("key", "secret\n");
    secret.commit("the secret history", "2026-01-01T10:00:00Z");
    secret
}

async fn refused(fixture: &Fixture) -> bool {
    matches!(
        git().await.open(fixture.root(), &roots(fixture)).await,
        Err(GitError::Outside(_))
    )
}

#[tokio::test]
async fn a_git_file_or_link_that_points_elsewhere_is_refused() {
    let secret = secret();
    for link in [false, true] {
        let fixture = Fixture::empty();
        let dot = fixture.root().join(".git");
        fs::remove_dir_all(&dot).expect("removed");
        let target = secret.root().join(".git");
        if link {
            symlink(target, &dot).expect("link");
        } else {
            fs::write(&dot, format!("gitdir: {}\n", target.display())).expect("file");
        }
        assert!(refused(&fixture).await, "link: {link}");
    }
}

#[tokio::test]
async fn borrowed_or_linked_parts_of_another_repository_are_refused() {
    let secret = secret();
    let theirs = secret.root().join(".git");
    for part in [
        "objects",
        "refs",
        "refs/heads",
        "HEAD",
        "packed-refs",
        "logs",
        "index",
    ] {
        let fixture = Fixture::empty();
        fixture.commit("ours", "2026-01-01T10:00:00Z");
        let part = fixture.root().join(".git").join(part);
        fs::remove_dir_all(&part)
            .or_else(|_| fs::remove_file(&part))
            .ok();
        symlink(theirs.join("config"), &part).expect("link");
        assert!(refused(&fixture).await, "{part:?}");
    }
    let fixture = Fixture::empty();
    let info = fixture.root().join(".git/objects/info");
    let objects = theirs.join("objects");
    fs::write(info.join("alternates"), format!("{}\n", objects.display())).expect("file");
    assert!(refused(&fixture).await, "alternates");
    let fixture = Fixture::empty();
    fs::write(
        fixture.root().join(".git/commondir"),
        theirs.to_str().expect("utf-8"),
    )
    .expect("file");
    assert!(refused(&fixture).await, "commondir");
}

#[tokio::test]
async fn a_work_tree_elsewhere_is_not_looked_at() {
    let secret = secret();
    let fixture = Fixture::empty();
    fixture.write("key", "ours\n");
    fixture.commit("ours", "2026-01-01T10:00:00Z");
    fixture.git(&[
        "config",
        "core.worktree",
        secret.root().to_str().expect("utf-8"),
    ]);
    let diff = open(&fixture)
        .await
        .diff(&DiffQuery::default())
        .await
        .expect("diff");
    assert_eq!(diff.patch, "");
}

#[tokio::test]
async fn a_linked_work_tree_is_read_when_its_repository_may_be_read_too() {
    let fixture = Fixture::empty();
    fixture.commit("ours", "2026-01-01T10:00:00Z");
    let tree = fixture
        .outside()
        .canonicalize()
        .expect("canonical")
        .join("tree");
    fixture.git(&[
        "worktree",
        "add",
        "--quiet",
        "-b",
        "side",
        tree.to_str().expect("utf-8"),
    ]);
    let both = [tree.clone(), fixture.root().to_path_buf()];
    let repository = git().await.open(&tree, &both).await.expect("opened");
    assert_eq!(
        repository
            .status(None)
            .await
            .expect("status")
            .branch
            .as_deref(),
        Some("side")
    );
    let log = repository
        .log(&LogQuery {
            limit: 5,
            ..LogQuery::default()
        })
        .await
        .expect("log");
    assert_eq!(log.commits.len(), 1);
    let alone = git().await.open(&tree, std::slice::from_ref(&tree)).await;
    assert!(matches!(alone, Err(GitError::Outside(_))));
}

#[tokio::test]
async fn a_pipe_in_place_of_a_file_does_not_block() {
    for part in ["commondir", "objects/info/alternates"] {
        let fixture = Fixture::empty();
        let path = fixture.root().join(".git").join(part);
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path, fifo, mode, 0).expect("pipe");
        let error = git()
            .await
            .open(fixture.root(), &roots(&fixture))
            .await
            .expect_err("refused");
        assert!(matches!(error, GitError::Damaged(_)), "{part}: {error}");
    }
}

#[tokio::test]
async fn no_repository_is_told_as_such() {
    let folder = tempfile::tempdir().expect("folder");
    let root = folder.path().canonicalize().expect("canonical");
    let error = git()
        .await
        .open(&root, std::slice::from_ref(&root))
        .await
        .expect_err("none");
    assert!(matches!(error, GitError::NotARepository(_)));
}
