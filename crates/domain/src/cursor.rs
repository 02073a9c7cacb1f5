//! Cursors: `<seq>-<k>` in a session's stream, `<pos>[;<session>:<seq>-<k>,…]` in the feed.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::id::SessionId;

/// A place in a session's stream: durable sequence number, and the live-log frames since it.
///
/// Ordered as two numbers, never as text (spec section 2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// Durable sequence number, 1 for the first event; 0 stands before everything.
    pub seq: u64,
    /// Live-log frames since that event; 0 is the durable event itself.
    pub k: u64,
}

/// The text is not a cursor (`bad_cursor` on the wire).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct BadCursor;

impl Cursor {
    /// Before the first event.
    pub const START: Self = Self { seq: 0, k: 0 };

    /// The cursor of a durable event.
    #[must_use]
    pub const fn durable(seq: u64) -> Self {
        Self { seq, k: 0 }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.seq, self.k)
    }
}

fn number(text: &str) -> Result<u64, BadCursor> {
    let plain = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain {
        text.parse().map_err(|_| BadCursor)
    } else {
        Err(BadCursor)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (seq, k) = text.split_once('-').ok_or(BadCursor)?;
        Ok(Self {
            seq: number(seq)?,
            k: number(k)?,
        })
    }
}

impl TryFrom<String> for Cursor {
    type Error = BadCursor;

    fn try_from(text: String) -> Result<Self, BadCursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

/// A place in the feed: every durable event up to `pos`, and for the sessions whose deltas were
/// sent after their newest durable event, how far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedCursor {
    /// Position of the newest durable event seen; 0 stands before everything.
    pub pos: u64,
    /// Sessions with deltas after their newest durable event.
    pub sessions: BTreeMap<SessionId, Cursor>,
}

/// Most sessions a feed cursor may name; more is `bad_cursor`.
pub const FEED_SESSIONS_MAX: usize = 256;

impl fmt::Display for FeedCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.pos)?;
        for (n, (session, cursor)) in self.sessions.iter().enumerate() {
            let before = if n == 0 { ';' } else { ',' };
            write!(f, "{before}{session}:{cursor}")?;
        }
        Ok(())
    }
}

impl FromStr for FeedCursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (pos, rest) = text
            .split_once(';')
            .map_or((text, None), |(pos, rest)| (pos, Some(rest)));
        let mut sessions = BTreeMap::new();
        for entry in rest.into_iter().flat_map(|rest| rest.split(',')) {
            let (session, cursor) = entry.split_once(':').ok_or(BadCursor)?;
            let session = session.parse().map_err(|_| BadCursor)?;
            if sessions.insert(session, cursor.parse()?).is_some()
                || sessions.len() > FEED_SESSIONS_MAX
            {
                return Err(BadCursor);
            }
        }
        Ok(Self {
            pos: number(pos)?,
            sessions,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cursors_compare_as_numbers() {
        let nine: Cursor = "9-0".parse().expect("legal");
        let ten: Cursor = "10-0".parse().expect("legal");
        assert!(nine < ten);
    }

    #[test]
    fn garbage_and_negative_cursors_are_refused() {
        for bad in [
            "",
            "x",
            "-1",
            "-1-0",
            "1--1",
            "1",
            "1-",
            "+1-0",
            "1-0-0",
            "9999999999999999999-0",
        ] {
            assert_eq!(bad.parse::<Cursor>(), Err(BadCursor), "{bad}");
        }
    }

    #[test]
    fn a_feed_cursor_reads_back() {
        let text = "42;0190b0f0-0000-7000-8000-000000000001:3-7";
        let cursor: FeedCursor = text.parse().expect("legal");
        assert_eq!(cursor.to_string(), text);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<Cursor>();
            let _ = text.parse::<FeedCursor>();
        }
    }
}
