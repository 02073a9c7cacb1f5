//! Fifty streams as fast as they go, each read to its end.

use anyhow::Result;

use super::{Better, Rounds, beside, ratio};
use crate::load::Load;
use crate::options::Options;
use crate::stand_in::Shape;
use crate::table::{Goal, Table};
use crate::target::{Field, Who};

const STREAMS: u32 = 50;
const TOKENS: u32 = 10_000;

/// Measures and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let field = Field::start(options).await?;
    let load = Load {
        slots: STREAMS,
        shape: Shape {
            tokens: TOKENS,
            per_second: 0,
        },
        per_slot: 1,
    };
    let rounds = Rounds::take(&field, load, options.rounds).await?;
    let of = |who| rounds.median(who, |measured| Some(measured.tokens_per_second));
    let judged = ratio(of(Who::Weald), of(Who::Nginx));
    let goals = [("tokens/s", 1.0 / 6.0), ("tokens/s, stretch", 1.0 / 3.0)];
    let rows = goals.map(|(what, goal)| field.row(what, of, Goal::AtLeast(goal), judged));
    let [goal, stretch] = rows;
    let mut rows = vec![goal];
    rows.extend(beside(&field, stretch, of, Better::More));
    let resyncs = |who| rounds.median(who, |measured| Some(f64::from(measured.resyncs)));
    rows.push(field.row("resyncs of slow readers", resyncs, Goal::None, None));
    Ok(Table {
        title: format!("flat: {STREAMS} streams of {TOKENS} tokens, nothing held back"),
        columns: field.columns(),
        rows,
        steal: 0.0,
        remarks: remarks(options, &field),
    })
}

fn remarks(options: &Options, field: &Field) -> Vec<String> {
    let rounds = format!(
        "{} rounds in turns, medians; the stand-in writes 4 KiB at a time; every stream has one \
         reader, its own answer",
        options.rounds
    );
    field.remarks([rounds])
}
