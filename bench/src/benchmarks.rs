//! The benchmarks by name; one file each.

mod capacity;
mod flat;
mod single;
mod sql;
mod start;
mod steps;
mod streams;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::host::{self, Ticks};
use crate::load::{Load, Measured};
use crate::options::Options;
use crate::quantile::median;
use crate::table::{Goal, Row};
use crate::target::{Field, Target, Who};

/// A benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// 200 streams at 50 tokens per second.
    Streams,
    /// What Weald does before the model is called, and processor time per token.
    Single,
    /// As fast as it goes.
    Flat,
    /// The most streams with a p99 below 50 ms.
    Capacity,
    /// Memory at rest, time to ready, size of the binary.
    Start,
    /// Statements of SQL per token.
    Sql,
    /// Durable steps beside a bare group commit.
    Steps,
}

impl Name {
    /// All of them, the cheapest first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Start,
        Self::Sql,
        Self::Single,
        Self::Streams,
        Self::Flat,
        Self::Steps,
        Self::Capacity,
    ];

    /// The benchmark of that name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "streams" => Self::Streams,
            "single" => Self::Single,
            "flat" => Self::Flat,
            "capacity" => Self::Capacity,
            "start" => Self::Start,
            "sql" => Self::Sql,
            "steps" => Self::Steps,
            _ => return None,
        })
    }
}

/// Runs what was asked for and prints a table for each.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    host::raise_open_files()?;
    let mut missed = false;
    for name in &options.names {
        let before = Ticks::now()?;
        let mut table = match name {
            Name::Streams => streams::run(options).await,
            Name::Single => single::run(options).await,
            Name::Flat => flat::run(options).await,
            Name::Capacity => capacity::run(options).await,
            Name::Start => start::run(options).await,
            Name::Sql => sql::run(options).await,
            Name::Steps => steps::run(options).await,
        }
        .with_context(|| format!("benchmark {name:?}"))?;
        table.steal = Ticks::now()?.steal_since(before);
        missed |= table.missed();
        print!("{table}");
    }
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The rounds of every target under one load, taken in turns so that a slow minute hits all.
struct Rounds {
    by_target: HashMap<Who, Vec<Measured>>,
}

impl Rounds {
    /// Warms every target up, then measures them in turns.
    async fn take(field: &Field, load: Load, rounds: usize) -> Result<Self> {
        let warm = Load {
            per_slot: 1,
            slots: load.slots.min(20),
            ..load
        };
        for target in &field.targets {
            warm.run(target)
                .await
                .with_context(|| format!("warming up {:?}", target.who))?;
        }
        let mut by_target: HashMap<Who, Vec<Measured>> = HashMap::new();
        for round in 0..rounds {
            for target in turn(&field.targets, round) {
                let measured = load
                    .run(target)
                    .await
                    .with_context(|| format!("{:?}", target.who))?;
                by_target.entry(target.who).or_default().push(measured);
            }
        }
        Ok(Self { by_target })
    }

    /// The median over the rounds of one figure of one target.
    fn median(&self, who: Who, figure: impl Fn(&Measured) -> Option<f64>) -> Option<f64> {
        let values: Vec<f64> = self
            .by_target
            .get(&who)?
            .iter()
            .filter_map(figure)
            .collect();
        (!values.is_empty()).then(|| median(&values))
    }
}

/// The targets, with another one first in every round.
fn turn(targets: &[Arc<Target>], round: usize) -> impl Iterator<Item = &Arc<Target>> {
    targets
        .iter()
        .cycle()
        .skip(round % targets.len().max(1))
        .take(targets.len())
}

/// One figure divided by another.
fn ratio(above: Option<f64>, below: Option<f64>) -> Option<f64> {
    match (above, below) {
        (Some(above), Some(below)) if below > 0.0 => Some(above / below),
        _ => None,
    }
}

/// The binary under test, for a benchmark that makes no sense without it.
fn weald(options: &Options) -> Result<&std::path::Path> {
    match &options.weald {
        Some(binary) => Ok(binary),
        None => bail!("--weald FILE is needed"),
    }
}

/// How the rounds were taken, for the remarks of a table.
fn how(options: &Options, field: &Field) -> Vec<String> {
    let rounds = format!(
        "{} rounds of {} s in turns, medians; figures of a busy machine are worthless",
        options.rounds,
        options.round.as_secs()
    );
    field.remarks([rounds])
}

/// Which of two figures is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
}

/// How much worse a figure may be on PostgreSQL than on SQLite, in the same rounds.
const SAME: f64 = 0.2;

/// A row, and when Weald was also measured on PostgreSQL a second one that judges the figure there
/// by the one on SQLite. Both have the same reference, so that their ratios are to each other as
/// they are.
fn beside(field: &Field, row: Row, of: impl Fn(Who) -> Option<f64>, better: Better) -> Vec<Row> {
    let (on_postgres, on_sqlite) = (of(Who::OnPostgres), of(Who::Weald));
    if on_postgres.is_none() {
        return vec![row];
    }
    let goal = match better {
        Better::Less => Goal::AtMost(1.0 + SAME),
        Better::More => Goal::AtLeast(1.0 - SAME),
    };
    let second = field.row(
        "  on PostgreSQL over SQLite",
        |_| None,
        goal,
        ratio(on_postgres, on_sqlite),
    );
    vec![row, second]
}
