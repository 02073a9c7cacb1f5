//! kill -9, cut connections and approvals across a restart, as on SQLite.

use crate::{app::TestApp, approvals, command::Home, kill};

async fn app() -> TestApp {
    TestApp::start_in(Home::on_postgres()).await
}

fn seed(default: u64) -> u64 {
    let seed = std::env::var("WEALD_SEED").ok();
    seed.and_then(|seed| seed.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_random_kills_lose_and_double_nothing() {
    let seed = seed(20_261_125);
    println!("seed {seed}; run again with WEALD_SEED={seed}");
    kill::kill_at_random(app().await, seed, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_cut_connections_lose_and_double_nothing() {
    kill::cuts::cut_and_resume(app().await, seed(8), 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_every_second_boundary_loses_nothing() {
    kill::points::crash_at_each(app().await, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_every_other_boundary_loses_nothing() {
    kill::points::crash_at_each(app().await, 1).await;
}

#[tokio::test]
async fn an_approval_survives_a_kill_and_its_tool_runs_once_it_is_given() {
    let (repository, acts) = approvals::repository();
    let mut app = app().await;
    approvals::parked(app.home(), &repository, &acts).await;
    app.kill9();
    app.restart().await;
    let id = approvals::pending(app.home()).await;
    let answer = ["approval", "answer", &id, "--allow"];
    assert_eq!(app.home().weald(&answer).await.code, 0);
    let export = approvals::settled(&app).await;
    assert!(
        export.contains("the answer is 42") && export.contains("done"),
        "{export}"
    );
}

#[tokio::test]
async fn an_approval_survives_an_orderly_stop_and_a_denial_reaches_the_model() {
    let (repository, acts) = approvals::repository();
    let mut app = app().await;
    approvals::parked(app.home(), &repository, &acts).await;
    assert_eq!(app.stop().await, 0);
    app.restart().await;
    let id = approvals::pending(app.home()).await;
    let answer = ["approval", "answer", &id, "--deny", "--reason", "not today"];
    assert_eq!(app.home().weald(&answer).await.code, 0);
    let export = approvals::settled(&app).await;
    assert!(
        export.contains("not today") && !export.contains("the answer is 42"),
        "{export}"
    );
}
