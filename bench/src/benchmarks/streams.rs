//! 200 streams at 50 tokens per second: lag per token, first token, processor time, memory.

use anyhow::Result;

use super::{Better, Rounds, beside, how, ratio};
use crate::load::{Load, Measured};
use crate::options::Options;
use crate::stand_in::Shape;
use crate::table::{Goal, Row, Table};
use crate::target::{Field, Who};

const STREAMS: u32 = 200;
const PER_SECOND: u32 = 50;
/// Two seconds each, so that streams begin all the time.
const TOKENS: u32 = 100;

/// Measures and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let field = Field::start(options).await?;
    let rounds = Rounds::take(&field, load(options), options.rounds).await?;
    let rows = [
        vec![
            lag(&field, &rounds, "lag p50, ms", 0.5),
            lag(&field, &rounds, "lag p99, ms", 0.99),
        ],
        added(&field, &rounds, "added lag p50 over direct, ms", 0.5, 3.0),
        added(&field, &rounds, "added lag p99 over direct, ms", 0.99, 9.0),
        first_token(&field, &rounds),
        cpu(&field, &rounds, Goal::None),
        memory(&field, &rounds),
        vec![throughput(&field, &rounds)],
    ];
    Ok(Table {
        title: format!("streams: {STREAMS} x {PER_SECOND} tokens/s"),
        columns: field.columns(),
        rows: rows.into_iter().flatten().collect(),
        steal: 0.0,
        remarks: how(options, &field),
    })
}

fn load(options: &Options) -> Load {
    let stream_s = u64::from(TOKENS / PER_SECOND);
    let streams = options.round.as_secs().div_ceil(stream_s).max(2);
    Load {
        slots: STREAMS,
        shape: Shape {
            tokens: TOKENS,
            per_second: PER_SECOND,
        },
        per_slot: u32::try_from(streams).unwrap_or(u32::MAX),
    }
}

fn lag(field: &Field, rounds: &Rounds, what: &str, share: f64) -> Row {
    let of = |who| rounds.median(who, |measured| Some(measured.lag(share)));
    field.row(what, of, Goal::None, None)
}

/// What a target adds to the lag that a direct call has already.
fn added(field: &Field, rounds: &Rounds, what: &str, share: f64, limit: f64) -> Vec<Row> {
    let of = |who| rounds.median(who, |measured| Some(measured.lag(share)));
    let direct = of(Who::Direct);
    let over = |who| match who {
        Who::Direct => None,
        Who::Nginx | Who::Weald | Who::OnPostgres => Some(of(who)? - direct?),
    };
    let judged = ratio(over(Who::Weald), over(Who::Nginx));
    let row = field.row(what, over, Goal::AtMost(limit), judged);
    beside(field, row, over, Better::Less)
}

fn first_token(field: &Field, rounds: &Rounds) -> Vec<Row> {
    let of = |who| rounds.median(who, |measured| Some(measured.first()));
    let judged = ratio(of(Who::Weald), of(Who::Direct));
    let row = field.row("first token p50, ms", of, Goal::AtMost(3.0), judged);
    beside(field, row, of, Better::Less)
}

/// Processor time per million tokens; also used under another load.
pub(super) fn cpu(field: &Field, rounds: &Rounds, goal: Goal) -> Vec<Row> {
    let of = |who| rounds.median(who, |measured| measured.cpu_per_million);
    let judged = ratio(of(Who::Weald), of(Who::Nginx));
    let row = field.row("CPU per million tokens, s", of, goal, judged);
    beside(field, row, of, Better::Less)
}

fn memory(field: &Field, rounds: &Rounds) -> Vec<Row> {
    let of = |who| rounds.median(who, |measured| measured.pss_mib);
    let judged = of(Who::Weald);
    let row = field.row("memory (PSS), MiB", of, Goal::AtMost(50.0), judged);
    beside(field, row, of, Better::Less)
}

fn throughput(field: &Field, rounds: &Rounds) -> Row {
    let of = |who| rounds.median(who, |measured: &Measured| Some(measured.tokens_per_second));
    field.row("tokens/s", of, Goal::None, None)
}
