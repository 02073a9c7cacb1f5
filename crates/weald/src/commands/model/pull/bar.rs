//! How far a download is: one line that is written again on a terminal, a line for each step
//! elsewhere.

use std::io;

use weald_terminal::{Console, clean::one_line};

/// Cells of the bar.
const CELLS: u64 = 24;
/// Columns of what is being done.
const STATUS: usize = 32;

/// What was shown last.
pub(super) struct Bar {
    is_live: bool,
    shown: String,
}

impl Bar {
    /// A bar on a terminal; lines when nobody looks.
    pub(super) fn of(console: &Console) -> Self {
        Self {
            is_live: console.notes_are_terminal(),
            shown: String::new(),
        }
    }

    /// Shows how far it is.
    pub(super) fn show(
        &mut self,
        console: &mut Console,
        status: &str,
        completed: Option<u64>,
        total: Option<u64>,
    ) -> io::Result<()> {
        let status = one_line(status, STATUS);
        let line = match (self.is_live, total) {
            (true, Some(total)) => format!("{status} {}", measured(completed.unwrap_or(0), total)),
            (true, None) | (false, _) => status,
        };
        if line == self.shown {
            return Ok(());
        }
        if self.is_live {
            console.note_piece(&format!("\r\u{1b}[2K{line}"))?;
        } else {
            console.note(&line)?;
        }
        self.shown = line;
        Ok(())
    }

    /// Takes the bar away.
    pub(super) fn end(&mut self, console: &mut Console) -> io::Result<()> {
        if !self.is_live || self.shown.is_empty() {
            return Ok(());
        }
        self.shown.clear();
        console.note_piece("\r\u{1b}[2K")
    }
}

/// `[########----------------]  33 % of 4.7 GB`
fn measured(completed: u64, total: u64) -> String {
    let done = completed.min(total);
    let share = |of: u64| u128::from(done) * u128::from(of) / u128::from(total.max(1));
    let full = usize::try_from(share(CELLS)).unwrap_or_default();
    let empty = usize::try_from(CELLS).unwrap_or_default() - full;
    let bar = format!("[{}{}]", "#".repeat(full), "-".repeat(empty));
    format!("{bar} {:>3} % of {}", share(100), bytes(total))
}

fn bytes(count: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    for (unit, size) in units {
        if count >= size {
            return format!("{}.{} {unit}", count / size, count % size * 10 / size);
        }
    }
    format!("{count} B")
}

#[cfg(test)]
mod tests {
    use weald_terminal::{
        ColourLevel,
        colour::Stream,
        console::{Captured, Chatter},
    };

    use super::*;

    fn shown(stream: Stream) -> String {
        let notes = Captured::default();
        let mut console = Console::new(
            Captured::default().channel(ColourLevel::None, stream),
            notes.channel(ColourLevel::None, stream),
            Chatter::Normal,
            80,
        );
        let mut bar = Bar::of(&console);
        bar.show(
            &mut console,
            "pulling \u{1b}[2Jabc",
            None,
            Some(4_661_211_808),
        )
        .expect("writes");
        for completed in [1_600_000_000, 1_600_000_001] {
            let total = Some(4_661_211_808);
            bar.show(&mut console, "pulling abc", Some(completed), total)
                .expect("writes");
        }
        bar.show(&mut console, "success", None, None)
            .expect("writes");
        bar.end(&mut console).expect("writes");
        notes.text()
    }

    #[test]
    fn a_terminal_has_one_line_and_a_log_one_for_each_step() {
        let log = shown(Stream::Other);
        assert_eq!(log, "pulling ␛[2Jabc\npulling abc\nsuccess\n");
        let terminal = shown(Stream::Terminal);
        let lines: Vec<_> = terminal.split("\r\u{1b}[2K").collect();
        assert_eq!(
            lines,
            [
                "",
                "pulling ␛[2Jabc [------------------------]   0 % of 4.6 GB",
                "pulling abc [########----------------]  34 % of 4.6 GB",
                "success",
                "",
            ]
        );
    }

    #[test]
    fn sizes_are_short_and_odd_ones_harmless() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        assert!(measured(9, 0).contains("0 %"));
        assert!(measured(u64::MAX, 10).contains("100 %"));
    }
}
