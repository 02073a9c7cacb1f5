//! The two streams of a command: results on one, everything else on the other.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
};

use crate::colour::{ColourLevel, ColourSignals, Paint, Stream};

/// How much a command says beside its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Chatter {
    /// Errors only (`-q`).
    Quiet,
    /// Progress and notices.
    #[default]
    Normal,
    /// Tokens and ids too (`-v`).
    Verbose,
}

/// One stream: where it leads and what it may carry.
pub struct Channel {
    /// Where the bytes go.
    pub writer: Box<dyn Write + Send>,
    /// What it may carry.
    pub colour: ColourLevel,
    /// Whether a person looks at it.
    pub stream: Stream,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel")
            .field("colour", &self.colour)
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

/// Columns of a terminal that does not tell.
const PLAIN_WIDTH: usize = 80;

/// Standard output and standard error of a command. Every write is flushed, so that what a person
/// sees is what there is.
#[derive(Debug)]
pub struct Console {
    out: Channel,
    notes: Channel,
    chatter: Chatter,
    width: usize,
    open_line: bool,
}

impl Console {
    /// A console over two streams.
    #[must_use]
    pub const fn new(out: Channel, notes: Channel, chatter: Chatter, width: usize) -> Self {
        Self {
            out,
            notes,
            chatter,
            width,
            open_line: false,
        }
    }

    /// The process's own streams.
    #[must_use]
    pub fn standard(signals: ColourSignals<'_>, chatter: Chatter) -> Self {
        let channel = |writer: Box<dyn Write + Send>, is_terminal| {
            let stream = if is_terminal {
                Stream::Terminal
            } else {
                Stream::Other
            };
            Channel {
                writer,
                colour: ColourLevel::detect(signals, stream),
                stream,
            }
        };
        let out = channel(Box::new(io::stdout()), io::stdout().is_terminal());
        let notes = channel(Box::new(io::stderr()), io::stderr().is_terminal());
        let width = match out.stream {
            Stream::Terminal => crossterm::terminal::size().map_or(PLAIN_WIDTH, |(w, _)| w.into()),
            Stream::Other => usize::MAX,
        };
        Self::new(out, notes, chatter, width)
    }

    /// Columns of the terminal; without one, nothing is cut.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// How much it says.
    #[must_use]
    pub const fn chatter(&self) -> Chatter {
        self.chatter
    }

    /// What the notes may carry.
    #[must_use]
    pub const fn note_colour(&self) -> ColourLevel {
        self.notes.colour
    }

    /// Whether a person looks at the results.
    #[must_use]
    pub fn out_is_terminal(&self) -> bool {
        self.out.stream == Stream::Terminal
    }

    /// Whether a person looks at the notes.
    #[must_use]
    pub fn notes_are_terminal(&self) -> bool {
        self.notes.stream == Stream::Terminal
    }

    /// Text painted for the results.
    #[must_use]
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        paint.on(self.out.colour, text)
    }

    /// Text painted for the notes.
    #[must_use]
    pub fn paint_note(&self, paint: Paint, text: &str) -> String {
        paint.on(self.notes.colour, text)
    }

    /// Writes a piece of a result as it is.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn piece(&mut self, text: &str) -> io::Result<()> {
        if let Some(last) = text.chars().next_back() {
            self.open_line = last != '\n';
        }
        write_all(&mut self.out, text)
    }

    /// Ends a line of results that a piece has left open.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn end_line(&mut self) -> io::Result<()> {
        if self.open_line {
            self.piece("\n")
        } else {
            Ok(())
        }
    }

    /// Writes one line of a result.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.end_line()?;
        self.piece(&format!("{text}\n"))
    }

    /// Says something beside the result, unless told to be quiet.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        if self.chatter == Chatter::Quiet {
            return Ok(());
        }
        self.complain(text)
    }

    /// Says a detail, only when asked to be verbose.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn detail(&mut self, text: &str) -> io::Result<()> {
        if self.chatter < Chatter::Verbose {
            return Ok(());
        }
        let text = self.paint_note(Paint::Dim, text);
        self.complain(&text)
    }

    /// Says something that quiet does not silence.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn complain(&mut self, text: &str) -> io::Result<()> {
        if self.out_is_terminal() && self.notes.stream == Stream::Terminal {
            self.end_line()?;
        }
        write_all(&mut self.notes, &format!("{text}\n"))
    }

    /// Writes a piece beside the result, such as reasoning that streams.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn note_piece(&mut self, text: &str) -> io::Result<()> {
        if self.chatter == Chatter::Quiet {
            return Ok(());
        }
        write_all(&mut self.notes, text)
    }
}

fn write_all(channel: &mut Channel, text: &str) -> io::Result<()> {
    channel.writer.write_all(text.as_bytes())?;
    channel.writer.flush()
}

/// Bytes that were written to a console made for looking at them.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// What was written so far.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A channel that writes here.
    #[must_use]
    pub fn channel(&self, colour: ColourLevel, stream: Stream) -> Channel {
        Channel {
            writer: Box::new(self.clone()),
            colour,
            stream,
        }
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(stream: Stream, chatter: Chatter) -> (Console, Captured, Captured) {
        let (out, notes) = (Captured::default(), Captured::default());
        let console = Console::new(
            out.channel(ColourLevel::None, stream),
            notes.channel(ColourLevel::None, stream),
            chatter,
            80,
        );
        (console, out, notes)
    }

    #[test]
    fn a_note_never_lands_in_the_middle_of_a_line_on_a_terminal() {
        let (mut console, out, notes) = console(Stream::Terminal, Chatter::Normal);
        console.piece("half").expect("writes");
        console.note("note").expect("writes");
        assert_eq!(
            (out.text().as_str(), notes.text().as_str()),
            ("half\n", "note\n")
        );
    }

    #[test]
    fn a_pipe_gets_the_result_and_nothing_else() {
        let (mut console, out, notes) = console(Stream::Other, Chatter::Quiet);
        console.piece("half").expect("writes");
        console.note("note").expect("writes");
        console.piece("-whole").expect("writes");
        console.end_line().expect("writes");
        console.end_line().expect("writes");
        assert_eq!(
            (out.text().as_str(), notes.text().as_str()),
            ("half-whole\n", "")
        );
    }
}
