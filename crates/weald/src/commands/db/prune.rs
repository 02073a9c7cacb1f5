//! `weald db prune` (WK-042, WK-043)

use serde_json::{Value, json};
use weald_domain::ports::Clock as _;
use weald_store::{Amount, Disused, Place, PruneError, Retention, look, prune};
use weald_terminal::Table;

use super::amount;
use crate::{
    clock::SystemClock,
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome, chain},
    start,
    upkeep::days,
};

/// What.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show what would go; works beside a running server
    #[arg(long)]
    dry_run: bool,
    /// Also erase what sessions recorded that ended longer ago; by default `retention.events_days`
    /// says, and without it everything is kept
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    older_than: Option<u32>,
}

/// Removes it, or shows what would be removed.
pub(super) async fn run(
    args: &Args,
    place: &Place,
    kept: Retention,
    context: &mut Context,
) -> Outcome {
    let kept = Retention {
        events_ms: args.older_than.map(days).or(kept.events_ms),
        ..kept
    };
    let now = SystemClock.now();
    let found = if args.dry_run {
        look(place, kept, now).await
    } else {
        prune(place, kept, now).await
    };
    let found = found.map_err(|error| failure(&error))?;
    match context.form() {
        Form::Json => context.json(&document(&found, args.dry_run)),
        Form::Text => {
            let mut table = Table::new(&["WHAT", "COUNT", "BYTES"]);
            for one in &found {
                let cells = [
                    about(one.of).into(),
                    one.count.to_string(),
                    amount(one.bytes),
                ];
                table.row(cells);
            }
            table.write(&mut context.console)?;
            Ok(context.console.note(closing(args.dry_run, kept))?)
        }
    }
}

const fn closing(dry_run: bool, kept: Retention) -> &'static str {
    match (dry_run, kept.events_ms.is_some()) {
        (true, true) => "nothing was removed",
        (true, false) => {
            "nothing was removed; what sessions recorded is kept (`retention.events_days`)"
        }
        (false, true) => "removed; `weald db vacuum` gives the space back to the disk",
        (false, false) => {
            "removed; what sessions recorded is kept (`retention.events_days`); `weald db vacuum` \
             gives the space back to the disk"
        }
    }
}

fn document(found: &[Amount], dry_run: bool) -> Value {
    let rows = found.iter().map(|one| {
        let row = json!({"count": one.count, "bytes": one.bytes});
        (one.of.name().to_owned(), row)
    });
    let rows: serde_json::Map<_, _> = rows.collect();
    json!({"dry_run": dry_run, "pruned": rows})
}

const fn about(what: Disused) -> &'static str {
    match what {
        Disused::RequestKeys => "request keys that expired",
        Disused::Logins => "logins that expired",
        Disused::LiveLogs => "live logs of ended sessions",
        Disused::PayloadFiles => "payload files no event names",
        Disused::EventPayloads => "payloads of old events",
    }
}

fn failure(error: &PruneError) -> Failure {
    match error {
        PruneError::Missing(_) => Failure::new(Exit::NotFound, "no_database", chain(error))
            .hint("the first start makes it: `weald up`"),
        PruneError::Open(error) => start::not_opened("the database cannot be used", error),
    }
}
