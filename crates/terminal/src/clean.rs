//! Text of models, tools and people made safe for a terminal.
//!
//! A control sequence in a model's answer could clear the screen, set the clipboard or rewrite
//! the question of an approval; a bidirectional override could make a path read backwards.

use std::borrow::Cow;

use weald_api::domain::plain::is_plain;

/// The text without control characters (besides line feed and tab) and without bidirectional
/// overrides; the escape character is shown as `␛`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter_map(|c| match c {
        '\u{1b}' => Some('␛'),
        c if is_harmless(c) => Some(c),
        _ => None,
    });
    Cow::Owned(shown.collect())
}

/// A JSON document that cannot steer a terminal: what its writer leaves as it is and a terminal
/// obeys (`U+007F` to `U+009F`, bidirectional controls) is escaped. To a program it says the same.
#[must_use]
pub fn clean_json(json: &str) -> Cow<'_, str> {
    if json.chars().all(is_harmless) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_harmless(c) {
            out.push(c);
        } else {
            // Every character that is not harmless fits into one unit.
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
    }
    Cow::Owned(out)
}

/// One line of it: line feeds and tabs become spaces, at most `max` characters.
#[must_use]
pub fn one_line(text: &str, max: usize) -> String {
    let flat: String = clean(text)
        .chars()
        .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
        .collect();
    cut(flat.trim(), max)
}

/// At most `max` characters, the last of them `…` when the text is longer.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn is_harmless(c: char) -> bool {
    matches!(c, '\n' | '\t') || is_plain(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_are_shown_and_do_nothing() {
        assert_eq!(clean("a\x1b[2Jb\x07\rc\u{9b}2J"), "a␛[2Jbc2J");
        assert_eq!(clean("rm \u{202e}txt.exe"), "rm txt.exe");
        assert!(matches!(clean("plain\n\ttext ü 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_says_the_same_and_steers_nothing() {
        let said = serde_json::json!({"a": "x\u{9b}2J\u{7f}\u{202e}y\u{1b}", "b": 1}).to_string();
        let shown = clean_json(&said);
        assert_eq!(shown, r#"{"a":"x\u009b2J\u007f\u202ey\u001b","b":1}"#);
        let (before, after): (serde_json::Value, serde_json::Value) = (
            serde_json::from_str(&said).expect("JSON"),
            serde_json::from_str(&shown).expect("JSON"),
        );
        assert_eq!(before, after);
        assert!(matches!(clean_json("{\n\t\"ü\": 1\n}"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_is_one_line_and_says_when_it_was_cut() {
        assert_eq!(one_line(" a\nb\tc ", 10), "a b c");
        assert_eq!(one_line("abcdefgh", 5), "abcd…");
        assert_eq!(one_line("äöüäö", 5), "äöüäö");
    }
}
