//! Statements of SQL per token, as the store counts them and the server logs them when it stops.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::weald;
use crate::load::Load;
use crate::options::Options;
use crate::stand_in::{Shape, StandIn};
use crate::table::{Goal, Row, Table};
use crate::target::{LOG, Setup, start_in};

const FEW: u32 = 100;
const MANY: u32 = 50_100;
/// What a timer may do while the longer answer runs, over all its tokens.
const NEXT_TO_NOTHING: f64 = 0.001;

/// Counts two answers of different length and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let binary = weald(options)?;
    let few = statements(binary, FEW).await?;
    let many = statements(binary, MANY).await?;
    let per_token = f64::from(many.saturating_sub(few)) / f64::from(MANY - FEW);
    Ok(Table {
        title: "sql: statements of a whole deployment with one answer".to_owned(),
        columns: vec!["weald"],
        rows: vec![
            count(&format!("statements, {FEW} tokens"), few),
            count(&format!("statements, {MANY} tokens"), many),
            Row {
                what: "statements per token".to_owned(),
                figures: vec![Some(per_token)],
                judged: Some(per_token),
                goal: Goal::AtMost(NEXT_TO_NOTHING),
            },
        ],
        steal: 0.0,
        remarks: vec!["from an empty data folder to a stop, start and stop included".to_owned()],
    })
}

/// Starts a deployment, lets one answer of so many tokens run, stops it, and reads the count.
async fn statements(binary: &Path, tokens: u32) -> Result<u32> {
    let folder = tempfile::tempdir()?;
    let stand_in = StandIn::start()?;
    let setup = Setup {
        binary,
        home: folder.path(),
        log_level: "info",
        database: None,
    };
    let target = Arc::new(start_in(setup, &stand_in).await?);
    let shape = Shape {
        tokens,
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
    let log = fs::read_to_string(folder.path().join(LOG))?;
    counted(&log).with_context(|| format!("the log names no number of statements: {log}"))
}

/// The last `statements=N` of a log, written as text or as JSON.
fn counted(log: &str) -> Option<u32> {
    let (_, after) = log.rsplit_once("statements")?;
    let number = after.trim_start_matches(['"', ':', '=', ' ']);
    let end = number
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

fn count(what: &str, number: u32) -> Row {
    Row {
        what: what.to_owned(),
        figures: vec![Some(f64::from(number))],
        judged: None,
        goal: Goal::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_count_of_a_log_is_read() {
        assert_eq!(counted("INFO stopped statements=12\n"), Some(12));
        assert_eq!(
            counted(r#"{"statements":7} {"fields":{"statements":45}}"#),
            Some(45)
        );
        assert_eq!(counted("INFO stopped"), None);
    }
}
