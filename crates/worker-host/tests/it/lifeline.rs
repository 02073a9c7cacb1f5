//! A host that is gone takes its workers with it.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

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

#[tokio::test]
async fn kill_9_of_the_host_at_any_moment_leaves_no_worker() {
    let folder = tempfile::tempdir().expect("folder");
    let program = folder
        .path()
        .canonicalize()
        .expect("canonical")
        .join("odd_worker");
    std::fs::copy(example("odd_worker"), &program).expect("a program that no other test runs");
    let running = || {
        let processes = std::fs::read_dir("/proc").expect("processes");
        let of_program = |entry: std::fs::DirEntry| {
            std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == program)
        };
        processes.flatten().any(of_program)
    };
    let mut seen = 0;
    for round in 0..40 {
        let mut host = Command::new(example("lonely_host"))
            .args([
                program.as_os_str(),
                "wait".as_ref(),
                folder.path().join("pid").as_os_str(),
            ])
            .stdin(Stdio::null())
            .spawn()
            .expect("a host");
        tokio::time::sleep(Duration::from_millis(round)).await;
        seen += u32::from(running());
        host.kill().expect("killed");
        host.wait().expect("reaped");
    }
    assert!(seen > 0, "no worker was ever running");
    until("every worker ended", || !running()).await;
}
