//! One stream: what is done before the model is called; and processor time at 50 streams.

use anyhow::Result;

use super::streams::cpu;
use super::{Better, Rounds, beside, how};
use crate::load::Load;
use crate::options::Options;
use crate::quantile::quantile;
use crate::stand_in::Shape;
use crate::table::{Goal, Table};
use crate::target::{Field, Who};

const CALLS: u32 = 100;
const FIFTY: Load = Load {
    slots: 50,
    shape: Shape {
        tokens: 150,
        per_second: 50,
    },
    per_slot: 3,
};

/// Measures and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let field = Field::start(options).await?;
    let one = Load {
        slots: 1,
        shape: Shape {
            tokens: 1,
            per_second: 0,
        },
        per_slot: CALLS,
    };
    let calls = Rounds::take(&field, one, options.rounds).await?;
    let forward = |who| calls.median(who, |measured| Some(quantile(&measured.forward_ms, 0.5)));
    let own = |who| Some(forward(who)? - forward(Who::Direct)?);
    let fifty = Rounds::take(&field, FIFTY, options.rounds.min(3)).await?;
    let what = "request to model p50, ms (judged: less direct)";
    let row = field.row(what, forward, Goal::AtMost(3.5), own(Who::Weald));
    let mut rows = beside(&field, row, own, Better::Less);
    rows.extend(cpu(&field, &fifty, Goal::AtMost(3.0)));
    Ok(Table {
        title: format!("single: {CALLS} calls one after the other; then 50 x 50 tokens/s"),
        columns: field.columns(),
        rows,
        steal: 0.0,
        remarks: how(options, &field),
    })
}
