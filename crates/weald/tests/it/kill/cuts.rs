//! Connections cut at random bytes and resumed, also across a server restart: nothing lost, nothing
//! doubled.

use std::time::Duration;

use serde_json::json;
use weald_domain::id::SessionId;
use weald_testkit::history::{Stored, check};

use super::{
    load::{post, stored},
    random::Random,
    reader::{Connection, Cut, Reader},
};
use crate::app::TestApp;

const READERS: usize = 10;
const CUTS_EACH: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_cut_connections_lose_and_double_nothing() {
    let seed = std::env::var("WEALD_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(7);
    cut_and_resume(TestApp::start().await, seed, CUTS_EACH).await;
}

/// Lets readers of one session cut their connections that many times each, and resume.
#[expect(
    clippy::print_stdout,
    reason = "the seed and the figures are for a person"
)]
pub(crate) async fn cut_and_resume(mut app: TestApp, seed: u64, each: usize) {
    println!("seed {seed}: {READERS} readers, {each} cuts each; run again with WEALD_SEED={seed}");
    let acts = json!([{"count": 8_000, "delay_ms": 1}]).to_string();
    let body = json!({
        "input": [{"type": "text", "text": acts}],
        "transport": "stream",
        "project_ids": [],
        "config_override": {"model": {"name": "builtin/script"}, "on_crash": "resume"},
    });
    let answer = post(&app, "/api/conversations/run", &body).await;
    let session: SessionId = answer["session_id"].as_str().unwrap().parse().unwrap();
    let conversation = answer["conversation_id"].as_str().unwrap().to_owned();

    let mut readers: Vec<Reader> = (0..READERS)
        .map(|n| Reader::new(format!("reader {n}"), session))
        .collect();
    let mut randoms: Vec<Random> = (0..READERS)
        .map(|n| Random::seeded(seed + n as u64))
        .collect();
    // Half of the cuts before a restart of the server in the middle of the stream, half after.
    let mut cuts = cut(&app, &mut readers, &mut randoms, each / 2).await;
    app.kill9();
    app.restart().await;
    cuts += cut(&app, &mut readers, &mut randoms, each / 2).await;
    assert_eq!(
        cuts,
        READERS * (each / 2 * 2),
        "the stream was too short for its cuts"
    );

    let path = format!("/api/conversations/{conversation}/interrupt");
    post(&app, &path, &json!({})).await;
    for reader in &mut readers {
        let end = tokio::time::timeout(Duration::from_secs(60), to_the_end(&app, reader)).await;
        assert!(end.is_ok(), "{} never saw the end", reader.log.reader);
    }
    let logs: Vec<_> = readers.into_iter().map(|reader| reader.log).collect();
    let stored: Stored = stored(&app, session, &conversation).await;
    let found = check(session, &logs, &stored);
    assert!(found.is_empty(), "seed {seed}: {found:#?}");
    let frames = logs[0].seen.len();
    println!("{cuts} cuts, one restart, {frames} frames each: 0 lost, 0 doubled");
}

/// Lets every reader cut its connection `each` times; how many cuts were made.
async fn cut(app: &TestApp, readers: &mut [Reader], randoms: &mut [Random], each: usize) -> usize {
    let (base, token) = (app.base(), app.token());
    let cutting = readers
        .iter_mut()
        .zip(randoms)
        .map(|(reader, random)| async {
            let mut made = 0;
            while made < each {
                let bytes = usize::try_from(random.between(1, 4_000)).unwrap();
                match reader.read(&base, &token, Cut::AfterBytes(bytes)).await {
                    Connection::Broken => made += 1,
                    Connection::Finished => break,
                }
            }
            made
        });
    futures::future::join_all(cutting).await.into_iter().sum()
}

async fn to_the_end(app: &TestApp, reader: &mut Reader) {
    let (base, token) = (app.base(), app.token());
    while reader.read(&base, &token, Cut::Never).await != Connection::Finished {}
}
