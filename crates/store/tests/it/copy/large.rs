//! A million events there and back. Not part of every run: it takes minutes.
//!
//! `cargo nextest run -p weald-store --profile full --run-ignored only --no-capture copy::large`

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use tempfile::TempDir;
use weald_domain::ports::Clock;
use weald_store::{Copied, Place, Progress, copy_deployment};
use weald_testkit::{clock::FakeClock, postgres::Postgres};

use super::{database, postgres, rows::change, sqlite};
use crate::fresh::open;

/// Streams, and events of each; `WEALD_COPY_STREAMS` asks for another number of streams.
const STREAMS: u64 = 2_000;
const EVENTS: u64 = 500;
/// Most memory that a copy may take, however much it copies.
const PEAK_KIB: u64 = 150 * 1024;

mod postgres_server {
    use super::*;

    #[tokio::test]
    #[ignore = "takes minutes"]
    async fn a_million_events_go_there_and_come_back_the_same() {
        let [from, back] = [(); 2].map(|()| Arc::new(TempDir::new().expect("a folder")));
        let streams = std::env::var("WEALD_COPY_STREAMS");
        let streams = streams.map_or(STREAMS, |n| n.parse().expect("a number"));
        filled(from.path(), streams).await;
        let server = Postgres::start();
        let (here, there) = (sqlite(from.path()), postgres(&server, from.path()));
        let (first, peak_there) = timed("SQLite to PostgreSQL", &here, &there).await;
        let returned = sqlite(back.path());
        let (second, peak_back) = timed("PostgreSQL to SQLite", &there, &returned).await;
        assert_eq!(first.tables, second.tables);
        assert!(first.head > streams * EVENTS, "{}", first.head);
        let size = |path: PathBuf| path.metadata().expect("is there").len();
        let [old, new] = [size(database(from.path())), size(database(back.path()))];
        println!("{} events, {old} bytes before, {new} after", first.head);
        assert!(peak_there.max(peak_back) < PEAK_KIB, "not bounded");
    }
}

/// Adds streams to a fresh deployment.
async fn filled(folder: &Path, streams: u64) {
    open(folder, &FakeClock::default()).await.close().await;
    let path = database(folder);
    let count = |n: u64| {
        format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {n})")
    };
    let id = "printf('%08x-0000-7000-8000-%012x', s.i, s.i)";
    change(
        &path,
        &format!(
            "{} INSERT INTO stream (id, kind, status, format, head_seq, epoch, created_at, updated_at)
             SELECT {id}, 'session', 'terminal', 1, {EVENTS}, 1, 0, 0 FROM n s",
            count(streams)
        ),
    )
    .await;
    change(
        &path,
        &format!(
            "{}, s(i) AS (SELECT i FROM n WHERE i < {streams}), e(i) AS (SELECT i FROM n WHERE i < {EVENTS})
             INSERT INTO event (stream_id, seq, pos, epoch, kind, version, payload, hash, at)
             SELECT {id}, e.i + 1, (SELECT max(pos) FROM event) + s.i * {EVENTS} + e.i + 1, 1,
                'content_delta', 1, '{{\"text\": \"' || hex(randomblob(80)) || ' ünï\"}}',
                lower(hex(randomblob(32))), 1767603600000 + e.i
             FROM s, e",
            count(streams.max(EVENTS))
        ),
    )
    .await;
}

#[expect(clippy::print_stdout, reason = "what is measured is for a person")]
/// Copies, and says how long it took and how much memory at most.
async fn timed(what: &str, from: &Place, to: &Place) -> (Copied, u64) {
    // Forgets the peak so far.
    std::fs::write("/proc/self/clear_refs", "5").expect("resets");
    let started = Instant::now();
    let mut said = 0_u64;
    let mut watch = |_: Progress<'_>| said += 1;
    let copied = copy_deployment(from, to, FakeClock::default().now(), &mut watch).await;
    let copied = copied.expect("copies");
    let status = std::fs::read_to_string("/proc/self/status").expect("reads");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    let peak: u64 = peak.expect("a number");
    let seconds = started.elapsed().as_secs_f64();
    println!("{what}: {seconds:.1} s, at most {peak} KiB, heard of it {said} times");
    (copied, peak)
}
