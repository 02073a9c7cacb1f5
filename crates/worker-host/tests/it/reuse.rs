//! Warm processes: reused under the same key only, ended when idle.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;
use weald_domain::id::{UserId, WorkspaceId};

use crate::harness::{Bench, is_running, json_of, until};

#[tokio::test]
async fn nothing_runs_before_the_first_call_and_the_second_finds_the_process_warm() {
    let bench = Bench::new();
    assert_eq!((bench.host.processes(), bench.host.starts()), (0, 0));
    let first = bench.echo_pid().await;
    assert_eq!(bench.echo_pid().await, first);
    assert_eq!((bench.host.processes(), bench.host.starts()), (1, 1));
}

#[tokio::test]
async fn another_owner_or_workspace_never_gets_the_same_process() {
    let mut bench = Bench::new();
    let first = bench.echo_pid().await;
    bench.context.owner_id = UserId(Uuid::from_u128(2));
    let second = bench.echo_pid().await;
    bench.context.workspace_id = WorkspaceId(Uuid::from_u128(2));
    let third = bench.echo_pid().await;
    assert!(first != second && second != third && first != third);
}

#[tokio::test]
async fn an_idle_process_ends_and_a_later_call_starts_another() {
    let bench = Bench::with(|config| config.idle = Duration::from_millis(50));
    let first = bench.echo_pid().await;
    until("the idle process ended", || {
        bench.host.processes() == 0 && !is_running(first)
    })
    .await;
    assert_ne!(bench.echo_pid().await, first);
}

#[tokio::test]
async fn calls_at_the_same_time_get_processes_of_their_own_up_to_the_bound() {
    let bench = Bench::with(|config| {
        config.busy_per_owner = 2;
        config.idle_per_owner = 1;
    });
    let wait = || bench.run("odd_do", json!({ "what": "child" }));
    let (a, b, c) = tokio::join!(wait(), wait(), wait());
    let pids: Vec<u64> = [a, b, c]
        .into_iter()
        .map(|answer| {
            json_of(&answer.expect("done"))["pid"]
                .as_u64()
                .expect("pid")
        })
        .collect();
    assert_eq!(
        bench.host.starts(),
        2,
        "the third waited for one of the two"
    );
    until("only one is kept", || bench.host.processes() == 1).await;
    bench.host.shutdown().await;
    for pid in pids {
        until("what a worker started ends with it", || !is_running(pid)).await;
    }
}

#[tokio::test]
async fn shutdown_ends_every_process_and_refuses_later_calls() {
    let bench = Bench::new();
    let pid = bench.echo_pid().await;
    bench.host.shutdown().await;
    assert!(!is_running(pid));
    assert_eq!(bench.host.processes(), 0);
    assert_eq!(bench.fails("odd_echo", json!({})).await, "stopping");
}

#[tokio::test]
async fn a_worker_inherits_nothing_of_the_environment() {
    let bench = Bench::with(|config| config.builtin.env = vec![("LANG".into(), "C".into())]);
    let answer = json_of(&bench.run("odd_echo", json!({})).await.expect("echo"));
    assert_eq!(answer["environment"], json!(["LANG", "WEALD_WORKER_ROOTS"]));
}

#[tokio::test]
async fn a_worker_is_told_when_it_starts_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("folder");
    let diary = folder.path().join("diary");
    let bench = Bench::with(|config| {
        config.builtin.env = vec![("ODD_DIARY".into(), diary.clone().into())];
    });
    bench.echo_pid().await;
    bench.host.shutdown().await;
    let written = std::fs::read_to_string(&diary).expect("a diary");
    assert_eq!(written, "init\nstart\nstop\ndispose\n");
}
