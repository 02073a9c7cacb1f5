//! The largest number of 50-token/s streams with a p99 lag below 50 ms.

use std::sync::Arc;

use anyhow::Result;

use super::{Better, beside, ratio, turn};
use crate::load::Load;
use crate::options::Options;
use crate::quantile::median;
use crate::stand_in::Shape;
use crate::table::{Goal, Table};
use crate::target::{Field, Target, Who};

const PER_SECOND: u32 = 50;
const P99_MS: f64 = 50.0;
const FIRST: u32 = 100;
/// Beyond this our own client is the subject.
const MOST: u32 = 6_400;

/// Searches in turns and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let field = Field::start(options).await?;
    let mut found: Vec<(Who, f64)> = vec![];
    for round in 0..options.rounds.min(3) {
        for target in turn(&field.targets, round) {
            found.push((target.who, f64::from(search(target).await?)));
        }
    }
    let of = |wanted: Who| {
        let values: Vec<f64> = found
            .iter()
            .filter(|(who, _)| *who == wanted)
            .map(|(_, number)| *number)
            .collect();
        (!values.is_empty()).then(|| median(&values))
    };
    let judged = ratio(of(Who::Weald), of(Who::Nginx));
    let row = field.row("streams", of, Goal::AtLeast(1.0 / 3.0), judged);
    Ok(Table {
        title: format!("capacity: most streams of {PER_SECOND} tokens/s with p99 < {P99_MS} ms"),
        columns: field.columns(),
        rows: beside(&field, row, of, Better::More),
        steal: 0.0,
        remarks: field.remarks([
            "client and stand-in share the machine: direct shows what they alone allow".to_owned(),
        ]),
    })
}

/// Doubles until it is too much, then halves the interval until it is an eighth of the answer.
async fn search(target: &Arc<Target>) -> Result<u32> {
    let (mut good, mut bad) = (0, FIRST);
    while bad <= MOST && holds(target, bad).await? {
        (good, bad) = (bad, bad * 2);
    }
    while bad - good > (good / 8).max(10) {
        let middle = u32::midpoint(good, bad);
        if holds(target, middle).await? {
            good = middle
        } else {
            bad = middle
        }
    }
    Ok(good)
}

/// Whether so many streams keep the limit and their pace.
async fn holds(target: &Arc<Target>, streams: u32) -> Result<bool> {
    let shape = Shape {
        tokens: 2 * PER_SECOND,
        per_second: PER_SECOND,
    };
    let measured = Load {
        slots: streams,
        shape,
        per_slot: 3,
    }
    .run(target)
    .await?;
    let expected = f64::from(streams * PER_SECOND);
    Ok(measured.lag(0.99) < P99_MS && measured.tokens_per_second > expected * 0.95)
}
