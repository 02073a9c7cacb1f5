//! Incremental decoder of Server-Sent Events, as the HTML standard describes them.
//!
//! Bytes come in any pieces; the events are the same for every way of cutting them. Every byte is
//! looked at once, and neither a line nor an event grows beyond the limit.

use thiserror::Error;
use weald_domain::limits::PROVIDER_EVENT_MAX;

/// A decoded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    /// Its `event` field; `message` when it has none.
    pub kind: String,
    /// Its `data` lines, joined by line feeds.
    pub data: String,
    /// The last `id` of the stream so far; empty when there was none.
    pub last_id: String,
}

/// The stream breaks a limit. It cannot be read further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SseError {
    /// One line is longer than the limit.
    #[error("a line of the event stream is longer than {0} bytes")]
    LineTooLong(usize),
    /// The data of one event are longer than the limit.
    #[error("an event of the stream is longer than {0} bytes")]
    EventTooLong(usize),
}

/// The decoder's state between two pieces.
#[derive(Debug)]
pub struct SseDecoder {
    limit: usize,
    /// The start of a line whose end has not come yet.
    line: Vec<u8>,
    start: Start,
    line_end: LineEnd,
    kind: String,
    data: Option<String>,
    last_id: String,
    retry_ms: Option<u64>,
}

/// Whether a byte order mark may still stand at the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    FirstLine,
    Passed,
}

/// Whether a line feed would still belong to the line end before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Complete,
    AfterCarriageReturn,
}

const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

impl Default for SseDecoder {
    fn default() -> Self {
        Self::with_limit(PROVIDER_EVENT_MAX)
    }
}

impl SseDecoder {
    /// A decoder whose lines and events may have this many bytes.
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            start: Start::FirstLine,
            line_end: LineEnd::Complete,
            kind: String::new(),
            data: None,
            last_id: String::new(),
            retry_ms: None,
        }
    }

    /// Takes the next piece and appends the events that it completes.
    ///
    /// # Errors
    /// A line or event above the limit; the events before it have been appended.
    pub fn feed(&mut self, piece: &[u8], events: &mut Vec<SseEvent>) -> Result<(), SseError> {
        let mut rest = piece;
        while !rest.is_empty() {
            if self.line_end == LineEnd::AfterCarriageReturn {
                self.line_end = LineEnd::Complete;
                if let Some(after) = rest.strip_prefix(b"\n") {
                    rest = after;
                    continue;
                }
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.keep(rest);
            };
            let (head, tail) = rest.split_at(end);
            if let Some((b'\r', _)) = tail.split_first() {
                self.line_end = LineEnd::AfterCarriageReturn;
            }
            rest = tail.get(1..).unwrap_or_default();
            if self.line.is_empty() {
                self.check_line(head.len())?;
                self.end_line(head, events)?;
            } else {
                self.keep(head)?;
                let line = std::mem::take(&mut self.line);
                self.end_line(&line, events)?;
                self.line = line;
                self.line.clear();
            }
        }
        Ok(())
    }

    /// The event whose lines came completely but whose blank line did not. The standard discards
    /// it; some servers end their stream like that.
    #[must_use]
    pub fn finish(mut self) -> Option<SseEvent> {
        self.take_event()
    }

    /// The last `retry` of the stream, in milliseconds.
    #[must_use]
    pub const fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), SseError> {
        self.check_line(self.line.len().saturating_add(bytes.len()))?;
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    const fn check_line(&self, length: usize) -> Result<(), SseError> {
        if length > self.limit {
            Err(SseError::LineTooLong(self.limit))
        } else {
            Ok(())
        }
    }

    fn end_line(&mut self, line: &[u8], events: &mut Vec<SseEvent>) -> Result<(), SseError> {
        let line = match self.start {
            Start::FirstLine => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line),
            Start::Passed => line,
        };
        self.start = Start::Passed;
        if line.is_empty() {
            events.extend(self.take_event());
            return Ok(());
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => {
                let (field, rest) = line.split_at(colon);
                let value = rest.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match field {
            b"data" => return self.add_data(value),
            b"event" => self.kind = String::from_utf8_lossy(value).into_owned(),
            b"id" if !value.contains(&0) => {
                self.last_id = String::from_utf8_lossy(value).into_owned();
            }
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry_ms = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
            }
            _ => {}
        }
        Ok(())
    }

    fn add_data(&mut self, value: &[u8]) -> Result<(), SseError> {
        let text = String::from_utf8_lossy(value);
        let before = self.data.as_ref().map_or(0, |data| data.len() + 1);
        if before + text.len() > self.limit {
            return Err(SseError::EventTooLong(self.limit));
        }
        match &mut self.data {
            None => self.data = Some(text.into_owned()),
            Some(data) => {
                data.push('\n');
                data.push_str(&text);
            }
        }
        Ok(())
    }

    fn take_event(&mut self) -> Option<SseEvent> {
        let kind = std::mem::take(&mut self.kind);
        let data = self.data.take()?;
        Some(SseEvent {
            kind: if kind.is_empty() {
                "message".to_owned()
            } else {
                kind
            },
            data,
            last_id: self.last_id.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
