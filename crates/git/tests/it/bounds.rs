//! Time and output are bounded, and nothing is left behind.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use weald_git::{Config, DiffQuery, Git, GitError, Group};
use weald_testkit::repository::Repository as Fixture;

use crate::{PATH, roots};

/// A program in git's place that does this after it told its version.
fn instead_of_git(fixture: &Fixture, deed: &str) -> Config {
    let program = fixture.outside().join("git");
    let script =
        format!("#!/bin/sh\ncase \"$2\" in version) echo git version 2.47.0;; *) {deed};; esac\n");
    fs::write(&program, script).expect("program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
    Config {
        program,
        ..Config::new(PATH, Group::Own)
    }
}

#[tokio::test]
async fn a_long_patch_is_cut_and_marked() {
    let fixture = Fixture::empty();
    fixture.write("a", "");
    fixture.commit("first", "2026-01-01T10:00:00Z");
    fixture.write("a", &"a line\n".repeat(100_000));
    let config = Config {
        output_max: 1000,
        ..Config::new(PATH, Group::Own)
    };
    let git = Git::new(config).await.expect("git");
    let repository = git
        .open(fixture.root(), &roots(&fixture))
        .await
        .expect("opened");
    let diff = repository.diff(&DiffQuery::default()).await.expect("diff");
    assert!(diff.truncated && diff.patch.len() == 1000);
    assert_eq!(diff.files[0].added, Some(100_000));
}

#[tokio::test]
async fn a_git_that_hangs_is_stopped_with_what_it_started() {
    let fixture = Fixture::empty();
    let pid = fixture.outside().join("pid");
    let deed = format!("sleep 1000 & echo $! >{}; wait", pid.display());
    let config = Config {
        limit: Duration::from_millis(300),
        ..instead_of_git(&fixture, &deed)
    };
    let git = Git::new(config).await.expect("git");
    let error = git
        .open(fixture.root(), &roots(&fixture))
        .await
        .expect_err("stopped");
    assert!(matches!(error, GitError::Timeout { .. }), "{error}");
    let pid = fs::read_to_string(pid).expect("pid").trim().to_owned();
    for _ in 0..2000 {
        if !is_running(&pid) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("what git started still runs");
}

fn is_running(pid: &str) -> bool {
    let stat = Path::new("/proc").join(pid).join("stat");
    fs::read_to_string(stat).is_ok_and(|stat| !stat.contains(") Z"))
}

#[tokio::test]
async fn an_old_git_a_missing_git_and_a_failing_git_are_told_apart() {
    let fixture = Fixture::empty();
    let config = instead_of_git(&fixture, "true");
    let text = fs::read_to_string(&config.program)
        .expect("script")
        .replace("2.47", "2.38");
    fs::write(&config.program, text).expect("script");
    let error = Git::new(config).await.expect_err("old");
    assert_eq!(
        error.to_string(),
        "git 2.38.0 is too old: 2.39 or newer is needed"
    );

    let config = Config {
        program: "/nowhere/git".into(),
        ..Config::new(PATH, Group::Own)
    };
    assert!(matches!(
        Git::new(config).await,
        Err(GitError::Unavailable(_))
    ));

    let config = instead_of_git(&fixture, "echo 'fatal: no\x07' >&2; exit 128");
    let git = Git::new(config).await.expect("git");
    let error = git
        .open(fixture.root(), &roots(&fixture))
        .await
        .expect_err("failed");
    assert_eq!(error.to_string(), "git config failed: fatal: no");
}
