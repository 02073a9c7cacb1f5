//! Lanes of a check or test run, and the table that ends it.

use std::fmt::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How a lane that did not fail ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything it looks at is in order.
    Passed,
    /// It could not run here, and why.
    Skipped(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// What ran so far and how it ended.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Runs a lane and notes its end; an error is a failed lane, not the end of the run.
    pub(crate) fn lane(&mut self, name: &'static str, work: impl FnOnce() -> Result<Verdict>) {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = match work() {
            Ok(Verdict::Passed) => Outcome::Passed,
            Ok(Verdict::Skipped(reason)) => {
                println!("SKIPPED: {reason}");
                Outcome::Skipped(reason)
            }
            Err(error) => {
                eprintln!("FAILED: {error:#}");
                Outcome::Failed(format!("{error:#}"))
            }
        };
        self.lines.push(Line {
            name,
            outcome,
            took: start.elapsed(),
        });
    }

    /// Prints the table and answers the exit code of the whole run.
    pub(crate) fn finish(self) -> ExitCode {
        print!("{self}");
        let failed = self.count(|outcome| matches!(outcome, Outcome::Failed(_)));
        if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        self.lines
            .iter()
            .filter(|line| wanted(&line.outcome))
            .count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .lines
            .iter()
            .map(|line| line.name.len())
            .max()
            .unwrap_or(0);
        formatter.write_char('\n')?;
        for Line {
            name,
            outcome,
            took,
        } in &self.lines
        {
            let (word, remark) = match outcome {
                Outcome::Passed => ("passed", ""),
                Outcome::Failed(reason) => ("FAILED", first_line(reason)),
                Outcome::Skipped(reason) => ("SKIPPED", first_line(reason)),
            };
            let row = format!(
                "{name:width$}  {word:7}  {:>7.1} s  {remark}",
                took.as_secs_f64()
            );
            writeln!(formatter, "{}", row.trim_end())?;
        }
        let total: Duration = self.lines.iter().map(|line| line.took).sum();
        writeln!(
            formatter,
            "{:width$}  {:7}  {:>7.1} s\n",
            "total",
            "",
            total.as_secs_f64()
        )?;
        writeln!(
            formatter,
            "{} passed, {} failed, {} skipped",
            self.count(|outcome| *outcome == Outcome::Passed),
            self.count(|outcome| matches!(outcome, Outcome::Failed(_))),
            self.count(|outcome| matches!(outcome, Outcome::Skipped(_))),
        )
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn the_last_line_counts_lanes_by_their_end() {
        let mut report = Report::default();
        report.lane("fmt", || Ok(Verdict::Passed));
        report.lane("deny", || {
            Ok(Verdict::Skipped("cargo-deny is not installed".into()))
        });
        report.lane("rust", || {
            Err(anyhow!("two tests failed\nand a long story"))
        });

        let text = report.to_string();

        assert_eq!(text.lines().last(), Some("1 passed, 1 failed, 1 skipped"));
        assert!(text.contains("SKIPPED") && text.contains("cargo-deny is not installed"));
        assert!(text.contains("two tests failed") && !text.contains("long story"));
        assert_eq!(report.finish(), ExitCode::FAILURE);
    }
}
