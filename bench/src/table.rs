//! What a benchmark prints: a figure per line, against its reference and its goal.

use std::fmt;

/// A limit that a figure must keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
    /// Shown for orientation.
    None,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// What was measured, with its unit.
    pub(crate) what: String,
    /// What was found, one for each column of the table.
    pub(crate) figures: Vec<Option<f64>>,
    /// The figure that the goal is about: a ratio, or Weald's own.
    pub(crate) judged: Option<f64>,
    /// The goal.
    pub(crate) goal: Goal,
}

/// The figures of one benchmark.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    /// Its name and how it was run.
    pub(crate) title: String,
    /// Whose figures they are, or which.
    pub(crate) columns: Vec<&'static str>,
    /// Its figures.
    pub(crate) rows: Vec<Row>,
    /// The share of the machine that was taken away meanwhile.
    pub(crate) steal: f64,
    /// What a reader must know to read it right.
    pub(crate) remarks: Vec<String>,
}

impl Row {
    /// Whether the goal was kept; `None` when there is none or nothing was measured.
    fn met(&self) -> Option<bool> {
        match (self.goal, self.judged) {
            (Goal::AtMost(limit), Some(value)) => Some(value <= limit),
            (Goal::AtLeast(limit), Some(value)) => Some(value >= limit),
            (Goal::None, _) | (_, None) => None,
        }
    }

    /// What became of the goal, in a word.
    fn verdict(&self) -> &'static str {
        match (self.met(), self.goal) {
            (Some(true), _) => "met",
            (Some(false), _) => "MISSED",
            (None, Goal::None) => "",
            (None, Goal::AtMost(_) | Goal::AtLeast(_)) => "not measured",
        }
    }
}

impl Table {
    /// True if a goal was measured and missed.
    pub(crate) fn missed(&self) -> bool {
        self.rows.iter().any(|row| row.met() == Some(false))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "\n{}", self.title)?;
        let names = self.rows.iter().map(|row| row.what.chars().count());
        let width = names.max().unwrap_or(0).max(8);
        let cells = |cells: Vec<String>| -> String {
            cells.iter().map(|cell| format!("  {cell:>12}")).collect()
        };
        let columns = cells(self.columns.iter().map(|&name| name.to_owned()).collect());
        writeln!(
            formatter,
            "{:width$}{columns}  {:>9}  {:>9}",
            "figure", "judged", "goal"
        )?;
        for row in &self.rows {
            let figures = cells(row.figures.iter().copied().map(number).collect());
            let judged = number(row.judged);
            let goal = match row.goal {
                Goal::AtMost(limit) => format!("<= {}", number(Some(limit))),
                Goal::AtLeast(limit) => format!(">= {}", number(Some(limit))),
                Goal::None => String::new(),
            };
            let line = format!(
                "{:width$}{figures}  {judged:>9}  {goal:>9}  {}",
                row.what,
                row.verdict()
            );
            writeln!(formatter, "{}", line.trim_end())?;
        }
        writeln!(formatter, "steal {:.1} %", self.steal * 100.0)?;
        self.remarks
            .iter()
            .try_for_each(|remark| writeln!(formatter, "{remark}"))
    }
}

/// Three digits that matter, `-` for nothing.
fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.is_nan() => "-".to_owned(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) if value.abs() >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(judged: Option<f64>, goal: Goal) -> Row {
        Row {
            what: "lag p50, ms".into(),
            figures: vec![Some(0.1), Some(0.25), judged],
            judged,
            goal,
        }
    }

    #[test]
    fn a_goal_is_met_missed_or_not_measured() {
        let table = Table {
            title: "streams".into(),
            columns: vec!["direct", "nginx", "weald"],
            rows: vec![
                row(Some(2.0), Goal::AtMost(3.0)),
                row(Some(4.0), Goal::AtMost(3.0)),
                row(None, Goal::AtLeast(3.0)),
            ],
            steal: 0.015,
            remarks: vec!["short rounds".into()],
        };

        let text = table.to_string();

        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[3].ends_with("<= 3.00  met"), "{text}");
        assert!(lines[4].ends_with("MISSED"), "{text}");
        assert!(lines[5].ends_with("not measured"), "{text}");
        assert_eq!(lines[6..], ["steal 1.5 %", "short rounds"]);
        assert!(table.missed());
    }
}
