//! Which characters may stand in a name that people read.
//!
//! A control character can steer a terminal; a bidirectional control makes a name read as another
//! one (`U+202E` shows `exe.txt` for `txt.exe`).

use std::borrow::Cow;

/// Whether a character only shows itself: no control character, no line or paragraph separator,
/// no bidirectional embedding, override or isolate. The marks that right-to-left text needs
/// (`U+200E`, `U+200F`) are plain.
#[must_use]
pub fn is_plain(c: char) -> bool {
    !c.is_control() && !is_separator(c) && !is_bidi_control(c)
}

/// Whether a character changes the direction of what follows it.
#[must_use]
pub const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// The text without what is not plain: white space instead of what separates lines and words,
/// nothing instead of the rest.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter_map(|c| match c {
        c if is_plain(c) => Some(c),
        c if c.is_whitespace() || is_separator(c) => Some(' '),
        _ => None,
    });
    Cow::Owned(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_or_reverses_goes() {
        assert_eq!(plain("rm \u{202e}txt.exe\u{2066}"), "rm txt.exe");
        assert_eq!(plain("a\u{1b}[2J\u{9b}b\nc\u{2028}d"), "a[2Jb c d");
    }

    #[test]
    fn every_script_is_plain() {
        for text in ["Grüße 日本", "שלום \u{200f}!", "👩\u{200d}👩\u{200d}👧"] {
            assert!(matches!(plain(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
