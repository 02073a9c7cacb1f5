//! At rest: time to ready, memory, size of the binary.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Client;
use tokio::time::sleep;

use super::weald;
use crate::load::Load;
use crate::options::Options;
use crate::quantile::median;
use crate::seed;
use crate::stand_in::{Shape, StandIn};
use crate::table::{Goal, Row, Table};
use crate::target::{Setup, Weald, client, start_in};

const MESSAGES: u32 = 100_000;

/// Measures and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let binary = weald(options)?;
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("home");
    let messages = seeded(binary, &home).await?;
    let client = client()?;
    let mut ready = vec![];
    let mut idle = vec![];
    for _ in 0..options.rounds {
        let (ready_ms, idle_mib) = once(binary, &home, &client).await?;
        ready.push(ready_ms);
        idle.push(idle_mib);
    }
    #[expect(clippy::cast_precision_loss, reason = "the size of a program")]
    let size = fs::metadata(binary)?.len() as f64 / f64::from(1 << 20);
    Ok(Table {
        title: format!("start: a database of {messages} messages"),
        columns: vec!["weald"],
        rows: vec![
            own("ready, ms", median(&ready), 50.0),
            own("memory at rest (PSS), MiB", median(&idle), 25.0),
            own("binary, MiB", size, 45.0),
        ],
        steal: 0.0,
        remarks: vec![format!("{} starts, medians", options.rounds)],
    })
}

/// Makes a deployment with one conversation and copies that; answers the number of messages.
async fn seeded(binary: &Path, home: &Path) -> Result<u32> {
    let stand_in = StandIn::start()?;
    let target = Arc::new(start_in(Setup::plain(binary, home), &stand_in).await?);
    let shape = Shape {
        tokens: 200,
        per_second: 0,
    };
    Load {
        slots: 1,
        shape,
        per_slot: 1,
    }
    .run(&target)
    .await?;
    drop(target);
    seed::fill(home, MESSAGES).await
}

/// One start: from the command to an answer on the health route, then memory at rest.
async fn once(binary: &Path, home: &Path, client: &Client) -> Result<(f64, f64)> {
    let start = Instant::now();
    let weald = Weald::start(Setup::plain(binary, home))?;
    let health = format!("{}/api/health", weald.url().trim_end_matches('/'));
    client.get(health).send().await?.error_for_status()?;
    let ready = start.elapsed();
    sleep(Duration::from_secs(2)).await;
    Ok((ready.as_secs_f64() * 1_000.0, weald.tree().pss_mib()))
}

fn own(what: &str, value: f64, limit: f64) -> Row {
    Row {
        what: what.to_owned(),
        figures: vec![Some(value)],
        judged: Some(value),
        goal: Goal::AtMost(limit),
    }
}
