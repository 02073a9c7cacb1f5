//! Workers that crash, hang, flood or do not start: typed errors, and the host lives.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Bench, call, is_running, json_of, noted, until};
use weald_domain::ports::ToolHost;

async fn odd(bench: &Bench, what: &str) -> (String, String) {
    let error = bench
        .run("odd_do", json!({ "what": what }))
        .await
        .expect_err("a failure");
    (error.code, error.message)
}

#[tokio::test]
async fn a_crash_and_an_exit_without_a_result_are_told_and_the_next_call_works() {
    let bench = Bench::with(|config| config.backoff = Duration::from_millis(1));
    let (code, message) = odd(&bench, "crash").await;
    assert_eq!(code, "worker_crashed");
    assert!(message.contains("SIGABRT"), "{message}");
    let (code, message) = odd(&bench, "exit").await;
    assert_eq!(code, "worker_crashed");
    assert!(message.contains("exit status: 0"), "{message}");
    bench.echo_pid().await;
    assert_eq!(
        bench.host.status()[0].failures,
        0,
        "a call that works forgives"
    );
}

#[tokio::test]
async fn a_panic_in_a_tool_is_an_error_of_the_tool_and_its_process_lives() {
    let bench = Bench::new();
    let pid = bench.echo_pid().await;
    let answer = bench
        .run("odd_do", json!({ "what": "panic" }))
        .await
        .expect("an answer");
    assert!(answer.is_error);
    assert_eq!(json_of(&answer)["error"]["code"], "panicked");
    assert_eq!(bench.echo_pid().await, pid);
}

#[tokio::test]
async fn a_worker_that_fails_again_and_again_is_disabled_until_it_is_enabled() {
    let bench = Bench::with(|config| {
        config.failures = 3;
        config.backoff = Duration::from_millis(1);
    });
    for _ in 0..3 {
        assert_eq!(odd(&bench, "crash").await.0, "worker_crashed");
    }
    assert_eq!(odd(&bench, "crash").await.0, "worker_disabled");
    assert!(bench.host.status()[0].is_disabled);
    bench.host.enable("odd-worker");
    bench.echo_pid().await;
}

#[tokio::test]
async fn a_worker_that_does_not_start_says_why() {
    let bench = Bench::with(|config| {
        config.builtin.env = vec![("ODD_REFUSES_TO_START".into(), "1".into())];
    });
    let error = bench
        .run("odd_echo", json!({}))
        .await
        .expect_err("a failure");
    assert_eq!(error.code, "worker_start_failed");
    assert!(
        error.message.contains("it will not start"),
        "{}",
        error.message
    );
    let bench = Bench::with(|config| config.builtin.program = "/nowhere/worker".into());
    assert_eq!(
        bench.fails("odd_echo", json!({})).await,
        "worker_start_failed"
    );
}

#[tokio::test]
async fn a_program_that_does_not_speak_is_given_up() {
    let bench = Bench::with(|config| {
        config.builtin.program = "/bin/sh".into();
        config.builtin.args = vec!["-c".into(), "sleep 1000".into()];
        config.start_timeout = Duration::from_millis(100);
    });
    assert_eq!(
        bench.fails("odd_echo", json!({})).await,
        "worker_start_failed"
    );
    until("the silent program ended", || bench.host.processes() == 0).await;
}

#[tokio::test]
async fn a_hanging_call_ends_in_time_and_so_does_its_process() {
    let bench = Bench::with(|config| {
        config.call_timeout = Duration::from_millis(300);
        config.grace = Duration::from_millis(100);
    });
    let file = bench.root.join("pid");
    let code = bench
        .fails("odd_do", json!({ "what": "hang", "note": file }))
        .await;
    assert_eq!(code, "timeout");
    let pid = noted(&file).await;
    until("the hanging process ended", || !is_running(pid)).await;
}

#[tokio::test]
async fn a_flood_stops_the_worker_and_not_the_host() {
    let bench = Bench::with(|config| config.backoff = Duration::from_millis(1));
    assert_eq!(odd(&bench, "flood").await.0, "worker_flooded");
    assert_eq!(odd(&bench, "chatter").await.0, "worker_flooded");
    until("the flooding processes ended", || {
        bench.host.processes() == 0
    })
    .await;
    bench.echo_pid().await;
}

#[tokio::test]
async fn a_result_larger_than_what_is_stored_is_an_error_of_the_tool() {
    let bench = Bench::new();
    let answer = bench
        .run("odd_do", json!({ "what": "large" }))
        .await
        .expect("an answer");
    assert!(answer.is_error);
    assert!(
        answer.content[0].to_text().contains("17825"),
        "{:?}",
        answer.content[0].to_text()
    );
}

#[tokio::test]
async fn dropping_a_call_cancels_it_and_a_worker_that_ignores_that_is_killed() {
    let bench = Bench::with(|config| config.grace = Duration::from_millis(300));
    for (what, at_least) in [("wait", 0), ("hang", 300)] {
        let file = bench.root.join(what);
        let call = call("odd_do", json!({ "what": what, "note": file }));
        let pid = tokio::select! {
            answer = bench.host.call(&bench.context, &call, &[]) => panic!("answered: {answer:?}"),
            pid = noted(&file) => pid,
        };
        let dropped = Instant::now();
        until("the cancelled process ended", || !is_running(pid)).await;
        assert!(
            dropped.elapsed() >= Duration::from_millis(at_least),
            "{what}"
        );
    }
    bench.echo_pid().await;
}

#[tokio::test]
async fn stopping_the_host_ends_a_call_that_runs() {
    let bench = Bench::with(|config| config.grace = Duration::from_millis(100));
    let file = bench.root.join("pid");
    let call = call("odd_do", json!({ "what": "hang", "note": file }));
    let stop = async {
        let pid = noted(&file).await;
        bench.stop.cancel();
        pid
    };
    let (answer, pid) = tokio::join!(bench.host.call(&bench.context, &call, &[]), stop);
    assert_eq!(answer.expect_err("stopped").code, "stopping");
    bench.host.shutdown().await;
    assert!(!is_running(pid));
}

#[tokio::test]
async fn a_tool_whose_call_was_dropped_is_told_and_can_tidy_up() {
    let bench = Bench::new();
    let file = bench.root.join("pid");
    let call = call("odd_patient", json!({ "note": file }));
    let pid = tokio::select! {
        answer = bench.host.call(&bench.context, &call, &[]) => panic!("answered: {answer:?}"),
        pid = noted(&file) => pid,
    };
    assert_eq!(noted(&bench.root.join("pid.cancelled")).await, 1);
    until("the cancelled process ended", || !is_running(pid)).await;
}

#[tokio::test]
async fn a_process_that_died_while_nobody_used_it_is_replaced() {
    let bench = Bench::new();
    let first = bench.echo_pid().await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(first).expect("pid")).expect("pid");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
    until("it died", || !is_running(first)).await;
    assert_ne!(bench.echo_pid().await, first);
}
