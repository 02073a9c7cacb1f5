//! The guarded git against real repositories.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod bounds;
mod hostile;
mod outside;
mod reads;

use std::path::PathBuf;

use weald_git::{Config, Git, Group, Repository};
use weald_testkit::repository::Repository as Fixture;

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

async fn git() -> Git {
    Git::new(Config::new(PATH, Group::Own)).await.expect("git")
}

async fn open(fixture: &Fixture) -> Repository {
    let roots = [fixture.root().to_path_buf()];
    git()
        .await
        .open(fixture.root(), &roots)
        .await
        .expect("opened")
}

fn roots(fixture: &Fixture) -> Vec<PathBuf> {
    vec![fixture.root().to_path_buf()]
}
