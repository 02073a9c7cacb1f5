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
    /// Weald's own events: `content_delta` with `"delta":"…"`.
    Weald,
}

impl Wire {
    fn marker(self) -> &'static str {
        match self {
            Self::ChatCompletions => "\"content\":\"",
            Self::Weald => "\"delta\":\"",
        }
    }
}

/// Reads a server-sent stream piece by piece and answers the numbers in it. Both servers are
/// read in the same cheap way, so that what is measured is theirs and not ours.
#[derive(Debug)]
pub(crate) struct Reader {
    wire: Wire,
    line: Vec<u8>,
    digits: String,
}

impl Reader {
    /// A reader at the start of a stream.
    pub(crate) fn new(wire: Wire) -> Self {
        Self {
            wire,
            line: Vec::new(),
            digits: String::new(),
        }
    }

    /// Takes what arrived and calls `seen` with every token that is now whole.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut seen: impl FnMut(u64)) -> Result<()> {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            let (head, rest) = bytes.split_at(end);
            if self.line.is_empty() {
                take_line(self.wire, head, &mut self.digits, &mut seen)?;
            } else {
                self.line.extend_from_slice(head);
                take_line(self.wire, &self.line, &mut self.digits, &mut seen)?;
                self.line.clear();
            }
            bytes = &rest[1..];
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }
}

fn take_line(
    wire: Wire,
    line: &[u8],
    digits: &mut String,
    seen: &mut impl FnMut(u64),
) -> Result<()> {
    let line = std::str::from_utf8(line).context("the stream is not UTF-8")?;
    let Some(text) = line
        .strip_prefix("data:")
        .and_then(|data| text_of(wire, data))
    else {
        return Ok(());
    };
    for part in text.split_inclusive(' ') {
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

/// The text of a delta; tokens are digits and spaces, so nothing in it is escaped.
fn text_of(wire: Wire, data: &str) -> Option<&str> {
    let (_, after) = data.split_once(wire.marker())?;
    after.split_once('"').map(|(text, _)| text)
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

    #[test]
    fn one_event_of_weald_may_hold_several_tokens_or_a_part_of_one() {
        let stream = [
            "id: 3-1\nevent: content_delta\ndata: {\"payload\":{\"delta\":\"1 2 3\"}}\n\n",
            "id: 3-2\nevent: content_delta\ndata: {\"payload\":{\"delta\":\"4 \"}}\n\n",
        ];
        assert_eq!(read(Wire::Weald, &stream), [1, 2, 34]);
    }
}
