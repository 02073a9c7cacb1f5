//! Lists as aligned columns.

use crate::{
    clean::{cut, one_line},
    colour::Paint,
    console::Console,
};

/// Rows of cells under a heading. The last column takes what is left of the width.
#[derive(Debug)]
pub struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// Columns between two cells.
const GAP: usize = 2;
/// The longest cell of a column that is not the last.
const CELL_MAX: usize = 40;

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(heading: &[&'static str]) -> Self {
        Self {
            heading: heading.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; each cell becomes one clean line.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells.iter().map(|cell| one_line(cell, 400)).collect();
        self.rows.push(cells);
    }

    /// Writes heading and rows as results; nothing at all without rows.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn write(&self, console: &mut Console) -> std::io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let widths = self.widths();
        let heading: Vec<String> = self.heading.iter().map(|name| (*name).to_owned()).collect();
        let line = self.line(&heading, &widths, console.width());
        let line = console.paint(Paint::Dim, &line);
        console.line(&line)?;
        for row in &self.rows {
            let line = self.line(row, &widths, console.width());
            console.line(&line)?;
        }
        Ok(())
    }

    fn widths(&self) -> Vec<usize> {
        let width = |n: usize, name: &str| {
            let cells = self.rows.iter().filter_map(|row| row.get(n));
            cells
                .map(|cell| cell.chars().count())
                .fold(name.chars().count(), usize::max)
                .min(CELL_MAX)
        };
        let columns = self.heading.iter().enumerate();
        columns.map(|(n, name)| width(n, name)).collect()
    }

    fn line(&self, cells: &[String], widths: &[usize], total: usize) -> String {
        let last = self.heading.len().saturating_sub(1);
        let mut line = String::new();
        let mut used = 0;
        for (n, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if n == last {
                let left = total.saturating_sub(used).max(8);
                line.push_str(&cut(cell, left));
            } else {
                let cell = cut(cell, *width);
                let pad = width + GAP - cell.chars().count();
                line.push_str(&cell);
                line.push_str(&" ".repeat(pad));
                used += width + GAP;
            }
        }
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        colour::{ColourLevel, Stream},
        console::{Captured, Chatter},
    };

    #[test]
    fn columns_are_aligned_and_the_last_takes_what_is_left() {
        let out = Captured::default();
        let mut console = Console::new(
            out.channel(ColourLevel::None, Stream::Other),
            Captured::default().channel(ColourLevel::None, Stream::Other),
            Chatter::Normal,
            24,
        );
        let mut table = Table::new(&["ID", "TITLE"]);
        table.row(["a".into(), "short".into()]);
        table.row(["bbbb".into(), "a title that is\nmuch too long".into()]);
        table.write(&mut console).expect("writes");
        assert_eq!(
            out.text(),
            "ID    TITLE\na     short\nbbbb  a title that is m…\n"
        );
    }
}
