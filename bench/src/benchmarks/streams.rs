//! 200 streams at 50 tokens per second: lag per token, first token, processor time, memory.

use anyhow::Result;

use super::{Rounds, how, ratio};
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
    let field = Field::start(options.weald.as_deref()).await?;
    let rounds = Rounds::take(&field, load(options), options.rounds).await?;
    let rows = vec![
        lag(&rounds, "lag p50, ms", 0.5),
        lag(&rounds, "lag p99, ms", 0.99),
        added(&rounds, "added lag p50 over direct, ms", 0.5, 3.0),
        added(&rounds, "added lag p99 over direct, ms", 0.99, 9.0),
        first_token(&rounds),
        cpu(&rounds, Goal::None),
        memory(&rounds),
        throughput(&rounds),
    ];
    Ok(Table {
        title: format!("streams: {STREAMS} x {PER_SECOND} tokens/s"),
        rows,
        steal: 0.0,
        remarks: vec![how(options)],
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

fn lag(rounds: &Rounds, what: &str, share: f64) -> Row {
    let of = |who| rounds.median(who, |measured| Some(measured.lag(share)));
    plain(what, of, Goal::None, None)
}

/// What a target adds to the lag that a direct call has already.
fn added(rounds: &Rounds, what: &str, share: f64, limit: f64) -> Row {
    let of = |who| rounds.median(who, |measured| Some(measured.lag(share)));
    let direct = of(Who::Direct);
    let over = |who| Some(of(who)? - direct?);
    let judged = ratio(over(Who::Weald), over(Who::Nginx));
    Row {
        what: what.to_owned(),
        direct: None,
        nginx: over(Who::Nginx),
        weald: over(Who::Weald),
        judged,
        goal: Goal::AtMost(limit),
    }
}

fn first_token(rounds: &Rounds) -> Row {
    let of = |who| rounds.median(who, |measured| Some(measured.first()));
    let judged = ratio(of(Who::Weald), of(Who::Direct));
    plain("first token p50, ms", of, Goal::AtMost(3.0), judged)
}

/// Processor time per million tokens; also used under another load.
pub(super) fn cpu(rounds: &Rounds, goal: Goal) -> Row {
    let of = |who| rounds.median(who, |measured| measured.cpu_per_million);
    let judged = ratio(of(Who::Weald), of(Who::Nginx));
    plain("CPU per million tokens, s", of, goal, judged)
}

fn memory(rounds: &Rounds) -> Row {
    let of = |who| rounds.median(who, |measured| measured.pss_mib);
    plain("memory (PSS), MiB", of, Goal::AtMost(50.0), of(Who::Weald))
}

fn throughput(rounds: &Rounds) -> Row {
    let of = |who| rounds.median(who, |measured: &Measured| Some(measured.tokens_per_second));
    plain("tokens/s", of, Goal::None, None)
}

/// A row with the same figure of every target.
pub(super) fn plain(
    what: &str,
    of: impl Fn(Who) -> Option<f64>,
    goal: Goal,
    judged: Option<f64>,
) -> Row {
    Row {
        what: what.to_owned(),
        direct: of(Who::Direct),
        nginx: of(Who::Nginx),
        weald: of(Who::Weald),
        judged,
        goal,
    }
}
