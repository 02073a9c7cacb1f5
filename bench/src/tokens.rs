//! Tokens that carry the time they were sent, and the reader that takes them out of a stream.

use anyhow::{Context, Result, bail};

use crate::clock::now_us;

/// A token: the microsecond it is sent, in digits, and a space.
pub(crate) fn token() -> String {
    format!("{} ", now_us())
}

/// Where the text of a token stands in a line of `data:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Chat Completions: `"delta":{"content":"…"}`.
    ChatCompletions,
    /// Weald's own events: `content_delta` with `"offset":N,"delta":"…"`, and for a reader that was
    /// too slow `resync` with `"text":"…"` from the beginning.
    Weald,
}

/// Reads a server-sent stream piece by piece and answers the numbers in it. Both servers are
/// read in the same cheap way, so that what is measured is theirs and not ours.
#[derive(Debug)]
pub(crate) struct Reader {
    line: Vec<u8>,
    text: Text,
}

/// The text of an answer as far as it was read.
#[derive(Debug)]
struct Text {
    wire: Wire,
    /// Letters so far; all of them are one byte.
    length: usize,
    /// The beginning of a token whose end has not come.
    digits: String,
    /// How often the server sent the text again because we were too slow.
    resyncs: u32,
}

impl Reader {
    /// A reader at the start of a stream.
    pub(crate) fn new(wire: Wire) -> Self {
        let text = Text {
            wire,
            length: 0,
            digits: String::new(),
            resyncs: 0,
        };
        Self {
            line: Vec::new(),
            text,
        }
    }

    /// How often the server sent the text again because we were too slow.
    pub(crate) fn resyncs(&self) -> u32 {
        self.text.resyncs
    }

    /// Takes what arrived and calls `seen` with every token that is now whole.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut seen: impl FnMut(u64)) -> Result<()> {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            let (head, rest) = bytes.split_at(end);
            if self.line.is_empty() {
                self.text.take_line(head, &mut seen)?;
            } else {
                self.line.extend_from_slice(head);
                self.text.take_line(&self.line, &mut seen)?;
                self.line.clear();
            }
            bytes = &rest[1..];
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }
}

impl Text {
    fn take_line(&mut self, line: &[u8], seen: &mut impl FnMut(u64)) -> Result<()> {
        let line = std::str::from_utf8(line).context("the stream is not UTF-8")?;
        let Some(data) = line.strip_prefix("data:") else {
            return Ok(());
        };
        let text = match self.wire {
            Wire::ChatCompletions => quoted(data, "\"content\":\""),
            Wire::Weald => self.unread(data)?,
        };
        match text {
            Some(text) => self.take_text(text, seen),
            None => Ok(()),
        }
    }

    /// What an event of Weald adds to the text; a gap is an error.
    fn unread<'a>(&mut self, data: &'a str) -> Result<Option<&'a str>> {
        let text = match quoted(data, "\"delta\":\"") {
            Some(delta) => delta,
            None if data.contains("\"event_type\":\"resync\"") => {
                self.resyncs += 1;
                quoted(data, "\"text\":\"").context("a resync without text")?
            }
            None => return Ok(None),
        };
        let offset = number(data, "\"offset\":").context("a delta without its offset")?;
        let Some(known) = self.length.checked_sub(offset) else {
            bail!(
                "a gap: the text is {} long and goes on at {offset}",
                self.length
            );
        };
        let unread = text.get(known..);
        self.length += unread.map_or(0, str::len);
        Ok(unread)
    }

    fn take_text(&mut self, text: &str, seen: &mut impl FnMut(u64)) -> Result<()> {
        for part in text.split_inclusive(' ') {
            let digits = &mut self.digits;
            digits.push_str(part.trim_end_matches(' '));
            if part.ends_with(' ') {
                seen(
                    digits
                        .parse()
                        .with_context(|| format!("{digits:?} is not a token"))?,
                );
                digits.clear();
            } else if digits.len() > 20 {
                bail!("{digits:?} is not a token of this benchmark");
            }
        }
        Ok(())
    }
}

/// The text behind a marker; tokens are digits and spaces, so nothing in it is escaped.
fn quoted<'a>(data: &'a str, marker: &str) -> Option<&'a str> {
    let (_, after) = data.split_once(marker)?;
    after.split_once('"').map(|(text, _)| text)
}

fn number(data: &str, marker: &str) -> Option<usize> {
    let (_, after) = data.split_once(marker)?;
    let end = after
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(after.len());
    after[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wire: Wire, pieces: &[&str]) -> Vec<u64> {
        let mut reader = Reader::new(wire);
        let mut tokens = vec![];
        for piece in pieces {
            reader
                .feed(piece.as_bytes(), |token| tokens.push(token))
                .unwrap();
        }
        tokens
    }

    #[test]
    fn tokens_are_whole_wherever_the_stream_is_cut() {
        let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"12 \"}}]}\n\n\
                      data: {\"choices\":[{\"delta\":{\"content\":\"345 \"}}]}\n\ndata: [DONE]\n\n";
        for cut in 0..stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(
                read(Wire::ChatCompletions, &[head, tail]),
                [12, 345],
                "cut at {cut}"
            );
        }
    }

    fn delta(offset: usize, text: &str) -> String {
        format!("data: {{\"payload\":{{\"offset\":{offset},\"delta\":\"{text}\"}}}}\n\n")
    }

    fn resync(text: &str) -> String {
        format!(
            "data: {{\"event_type\":\"resync\",\"payload\":{{\"offset\":0,\"text\":\"{text}\"}}}}\n\n"
        )
    }

    #[test]
    fn one_event_of_weald_may_hold_several_tokens_or_a_part_of_one() {
        assert_eq!(
            read(Wire::Weald, &[&delta(0, "1 2 3"), &delta(5, "4 ")]),
            [1, 2, 34]
        );
    }

    #[test]
    fn a_resync_adds_only_what_was_not_read() {
        let stream = [delta(0, "1 2"), resync("1 23 4 "), delta(7, "5 ")];
        assert_eq!(
            read(Wire::Weald, &stream.each_ref().map(String::as_str)),
            [1, 23, 4, 5]
        );
    }

    #[test]
    fn a_gap_in_the_text_is_an_error() {
        let mut reader = Reader::new(Wire::Weald);
        reader.feed(delta(0, "1 ").as_bytes(), |_| {}).unwrap();
        assert!(reader.feed(delta(5, "2 ").as_bytes(), |_| {}).is_err());
    }
}
