//! Incremental decoder of newline-delimited JSON: one document a line.
//!
//! Bytes come in any pieces; the lines are the same for every way of cutting them.

use thiserror::Error;
use weald_domain::limits::PROVIDER_EVENT_MAX;

/// A line is longer than the limit. The stream cannot be read further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a line of the stream is longer than {0} bytes")]
pub struct LineTooLong(usize);

/// The decoder's state between two pieces.
#[derive(Debug)]
pub struct LineDecoder {
    limit: usize,
    line: Vec<u8>,
}

impl Default for LineDecoder {
    fn default() -> Self {
        Self::with_limit(PROVIDER_EVENT_MAX)
    }
}

impl LineDecoder {
    /// A decoder whose lines may have this many bytes.
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
        }
    }

    /// Takes the next piece and appends the lines that it completes; blank ones are left out.
    ///
    /// # Errors
    /// A line above the limit; the lines before it have been appended.
    pub fn feed(&mut self, piece: &[u8], lines: &mut Vec<String>) -> Result<(), LineTooLong> {
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (head, tail) = rest.split_at(end);
            self.keep(head)?;
            lines.extend(self.take());
            rest = tail.get(1..).unwrap_or_default();
        }
        self.keep(rest)
    }

    /// The last line, when no line feed ended it.
    #[must_use]
    pub fn finish(mut self) -> Option<String> {
        self.take()
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), LineTooLong> {
        if self.line.len().saturating_add(bytes.len()) > self.limit {
            return Err(LineTooLong(self.limit));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn take(&mut self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.line);
        let text = text.trim_start_matches('\u{feff}').trim();
        let line = (!text.is_empty()).then(|| text.to_owned());
        self.line.clear();
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let mut decoder = LineDecoder::with_limit(16);
        let mut lines = vec![];
        for piece in pieces {
            decoder.feed(piece, &mut lines).expect("within the limit");
        }
        lines.extend(decoder.finish());
        lines
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        let wire = "\u{feff}{\"a\":\"ö\"}\r\n\n{}\n{\"b\":1}".as_bytes();
        let whole = lines(&[wire]);
        assert_eq!(whole, ["{\"a\":\"ö\"}", "{}", "{\"b\":1}"]);
        for at in 0..wire.len() {
            let (head, tail) = wire.split_at(at);
            assert_eq!(lines(&[head, tail]), whole, "{at}");
        }
    }

    #[test]
    fn a_line_has_a_limit() {
        let mut decoder = LineDecoder::with_limit(16);
        let mut lines = vec![];
        assert_eq!(decoder.feed(b"{}\n0123456789", &mut lines), Ok(()));
        assert_eq!(decoder.feed(b"0123456", &mut lines), Err(LineTooLong(16)));
        assert_eq!(lines, ["{}"]);
    }
}
