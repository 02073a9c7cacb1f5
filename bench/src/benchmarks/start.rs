//! At rest: time to ready, memory, size of the binary.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::sleep;

use super::weald;
use crate::options::Options;
use crate::quantile::median;
use crate::table::{Goal, Row, Table};
use crate::target::Weald;

/// Measures and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let binary = weald(options)?;
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("home");
    drop(Weald::start(binary, &home)?);
    let mut ready = vec![];
    let mut idle = vec![];
    for _ in 0..options.rounds {
        let (ready_ms, idle_mib) = once(binary, &home).await?;
        ready.push(ready_ms);
        idle.push(idle_mib);
    }
    #[expect(clippy::cast_precision_loss, reason = "the size of a program")]
    let size = fs::metadata(binary)?.len() as f64 / f64::from(1 << 20);
    Ok(Table {
        title: "start: an empty database".to_owned(),
        rows: vec![
            own("ready, ms", median(&ready), 50.0),
            own("memory at rest (PSS), MiB", median(&idle), 25.0),
            own("binary, MiB", size, 45.0),
        ],
        steal: 0.0,
        remarks: vec![format!("{} starts, medians", options.rounds)],
    })
}

/// One start: from the command to an answer on the health route, then memory at rest.
async fn once(binary: &Path, home: &Path) -> Result<(f64, f64)> {
    let start = Instant::now();
    let weald = Weald::start(binary, home)?;
    let health = format!("{}/api/health", weald.url().trim_end_matches('/'));
    reqwest::get(health).await?.error_for_status()?;
    let ready = start.elapsed();
    sleep(Duration::from_secs(2)).await;
    Ok((ready.as_secs_f64() * 1_000.0, weald.tree().pss_mib()))
}

fn own(what: &str, value: f64, limit: f64) -> Row {
    Row {
        what: what.to_owned(),
        direct: None,
        nginx: None,
        weald: Some(value),
        judged: Some(value),
        goal: Goal::AtMost(limit),
    }
}
