//! A host that is gone takes its workers with it.

use std::process::{Command, Stdio};

use crate::harness::{example, is_running, noted, until};

async fn killed_host_leaves_nothing(what: &str) {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("pid");
    let mut host = Command::new(example("lonely_host"))
        .args([
            example("odd_worker").as_os_str(),
            what.as_ref(),
            file.as_os_str(),
        ])
        .stdin(Stdio::null())
        .spawn()
        .expect("a host");
    let worker = noted(&file).await;
    assert!(is_running(worker));
    let mut family = vec![worker];
    if what == "nest" {
        family.push(noted(&folder.path().join("pid.child")).await);
    }
    host.kill().expect("killed");
    host.wait().expect("reaped");
    until("the worker ended with its host", || {
        !family.iter().any(|pid| is_running(*pid))
    })
    .await;
}

#[tokio::test]
async fn kill_9_of_the_host_ends_a_worker_that_waits() {
    killed_host_leaves_nothing("wait").await;
}

#[tokio::test]
async fn kill_9_of_the_host_ends_a_worker_that_hangs() {
    killed_host_leaves_nothing("hang").await;
}

#[tokio::test]
async fn kill_9_of_the_host_ends_what_a_worker_started() {
    killed_host_leaves_nothing("nest").await;
}
