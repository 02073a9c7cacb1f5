//! kill -9 at random moments under load: what a client had seen is a prefix of what is stored, the
//! resumed stream has nothing lost and nothing doubled, and nothing acknowledged is lost.

pub(crate) mod cuts;
pub(crate) mod load;
pub(crate) mod points;
mod random;
pub(crate) mod reader;

use std::time::{Duration, Instant};

use weald_testkit::history::check;

use crate::app::TestApp;
use load::Load;
use random::Random;

/// How often the server is killed: `WEALD_SOAK=1` makes it 1,000 times.
fn kills() -> u64 {
    if std::env::var_os("WEALD_SOAK").is_some() {
        1_000
    } else {
        100
    }
}

/// Sessions that stream while the server is killed.
const SESSIONS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_random_kills_lose_and_double_nothing() {
    let seed = std::env::var("WEALD_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_124);
    println!(
        "seed {seed} ({} kills); run again with WEALD_SEED={seed}",
        kills()
    );
    kill_at_random(TestApp::start().await, seed, kills()).await;
}

/// Kills a server under load that many times, at moments drawn from a seed.
#[expect(
    clippy::print_stdout,
    reason = "the seed and the figures are for a person"
)]
pub(crate) async fn kill_at_random(mut app: TestApp, seed: u64, kills: u64) {
    let mut random = Random::seeded(seed);
    let mut ready = Vec::new();
    for round in 0..kills {
        let mut load = Load::start(&app, SESSIONS, random.between(0, 2) == 1).await;
        let kill_at = Duration::from_millis(random.between(5, 400));
        load.read_until(&app, tokio::time::sleep(kill_at), || app.kill9())
            .await;
        let began = Instant::now();
        app.restart().await;
        ready.push(began.elapsed());
        load.read_to_the_end(&app).await;
        for (session, readers, stored) in load.settled(&app).await {
            let found = check(session, &readers, &stored);
            assert!(
                found.is_empty(),
                "seed {seed}, round {round}, killed after {kill_at:?}: {found:#?}"
            );
        }
        load.assert_acknowledged(&app).await;
    }
    ready.sort_unstable();
    let (median, worst) = (ready[ready.len() / 2], ready[ready.len() - 1]);
    println!("{kills} kills: 0 lost, 0 doubled; ready again p50 {median:?}, worst {worst:?}");
}
