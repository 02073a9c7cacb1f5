//! The spellings of a secret, and where they stand in a text.
//!
//! A dozen short needles and a table of their first bytes are all that is searched for, so a
//! matcher of its own is smaller than a general one, and it can answer what that does not: whether
//! the end of a text may be the start of a needle.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use url::form_urlencoded;
use weald_domain::secret::Secret;

/// What stands where a secret stood.
pub(super) const COVER: &str = "[key]";

/// A shorter value is a word that is no secret (`ollama`, `none`), and covering it would garble
/// texts.
const SHORTEST: usize = 8;

/// Every usual spelling of a secret, longest first.
pub(super) struct Needles {
    spellings: Vec<Secret>,
    starts: [bool; 256],
}

/// What stands at a place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A whole spelling of this many bytes.
    Whole(usize),
    /// The text ends within what may be a spelling.
    Start,
}

impl Needles {
    /// The spellings of `secret`; nothing when it is too short to be one.
    pub(super) fn of(secret: &Secret) -> Option<Self> {
        let value = secret.expose().trim();
        if value.len() < SHORTEST {
            return None;
        }
        let mut spellings = vec![value.to_owned()];
        spellings.extend(base64_of(value.as_bytes()));
        spellings.extend([hex::encode(value), hex::encode_upper(value)]);
        spellings.extend(url_of(value));
        spellings.extend(json_of(value));
        spellings.retain(|spelling| spelling.len() >= SHORTEST);
        spellings.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        let mut starts = [false; 256];
        for first in spellings.iter().filter_map(|s| s.as_bytes().first()) {
            starts[usize::from(*first)] = true;
        }
        let spellings = spellings.into_iter().map(Secret::new).collect();
        Some(Self { spellings, starts })
    }

    /// The first spelling, or start of one, at or after `from`.
    pub(super) fn find(&self, text: &str, from: usize) -> Option<(usize, Found)> {
        let bytes = text.as_bytes();
        let candidates = bytes.iter().enumerate().skip(from);
        candidates
            .filter(|(_, byte)| self.starts[usize::from(**byte)])
            .find_map(|(at, _)| Some((at, self.at(bytes.get(at..)?)?)))
    }

    fn at(&self, rest: &[u8]) -> Option<Found> {
        self.spellings.iter().find_map(|spelling| {
            let spelling = spelling.expose().as_bytes();
            if rest.starts_with(spelling) {
                Some(Found::Whole(spelling.len()))
            } else {
                spelling.starts_with(rest).then_some(Found::Start)
            }
        })
    }

    /// The whole text with every spelling covered; nothing when there is none.
    pub(super) fn covered(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let (mut from, mut kept) = (0, 0);
        while let Some((at, found)) = self.find(text, from) {
            match found {
                Found::Whole(length) => {
                    out.push_str(&text[kept..at]);
                    out.push_str(COVER);
                    from = at + length;
                    kept = from;
                }
                // No more text comes: a shorter spelling may still stand here.
                Found::Start => match self.whole_at(&text.as_bytes()[at..]) {
                    Some(length) => {
                        out.push_str(&text[kept..at]);
                        out.push_str(COVER);
                        from = at + length;
                        kept = from;
                    }
                    None => from = at + 1,
                },
            }
        }
        (kept > 0).then(|| {
            out.push_str(&text[kept..]);
            out
        })
    }

    fn whole_at(&self, rest: &[u8]) -> Option<usize> {
        let bytes = self.spellings.iter().map(|s| s.expose().as_bytes());
        bytes
            .filter(|spelling| rest.starts_with(spelling))
            .map(<[u8]>::len)
            .next()
    }
}

/// Base64 of a longer text that holds the value, wherever in a group of three it begins: the
/// characters that depend on the value alone.
fn base64_of(value: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for before in 0..3_usize {
        let padded = [&vec![0; before], value].concat();
        let first = (before * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for text in [
            STANDARD_NO_PAD.encode(&padded),
            URL_SAFE_NO_PAD.encode(&padded),
        ] {
            out.extend(text.get(first..last).map(str::to_owned));
        }
    }
    out
}

/// Percent-encoded, with large and small digits.
fn url_of(value: &str) -> Vec<String> {
    let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut small = String::with_capacity(encoded.len());
    let mut digits = 0;
    for c in encoded.chars() {
        small.push(if digits > 0 {
            c.to_ascii_lowercase()
        } else {
            c
        });
        digits = if c == '%' {
            2
        } else {
            usize::saturating_sub(digits, 1)
        };
    }
    vec![encoded, small]
}

/// Inside a JSON string: as most writers do it, with `\/`, and with `<`, `>`, `&` as `\u00..`.
fn json_of(value: &str) -> Vec<String> {
    let plain = serde_json::Value::from(value).to_string();
    let plain = plain.trim_start_matches('"');
    let plain = plain.strip_suffix('"').unwrap_or(plain).to_owned();
    let slashed = plain.replace('/', "\\/");
    let marked = plain
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    vec![plain, slashed, marked]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles(value: &str) -> Needles {
        Needles::of(&Secret::new(value.into())).expect("long enough")
    }

    #[test]
    fn every_usual_spelling_is_covered() {
        let key = r#"sk-Te+st/Ke"y<1>="#;
        let needles = needles(key);
        let json = serde_json::to_string(key).expect("JSON");
        for spelled in [
            key.to_owned(),
            hex::encode(key),
            hex::encode_upper(key),
            "sk-Te%2Bst%2FKe%22y%3C1%3E%3D".to_owned(),
            "sk-Te%2bst%2fKe%22y%3c1%3e%3d".to_owned(),
            json[1..json.len() - 1].to_owned(),
            r#"sk-Te+st\/Ke\"y<1>="#.to_owned(),
            r#"sk-Te+st/Ke\"y\u003c1\u003e="#.to_owned(),
        ] {
            let text = format!("a {spelled} b {spelled}");
            assert_eq!(
                needles.covered(&text),
                Some("a [key] b [key]".into()),
                "{spelled}"
            );
        }
    }

    #[test]
    fn base64_is_found_wherever_the_key_begins_in_it() {
        let key = "sk-canary-0123456789";
        let needles = needles(key);
        for before in ["", "k", "ke", "key", "Bearer "] {
            for after in ["", "1", "12", "123"] {
                let text = STANDARD_NO_PAD.encode(format!("{before}{key}{after}"));
                let covered = needles.covered(&text).unwrap_or_default();
                assert!(covered.contains(COVER), "{before:?} {after:?}: {text}");
            }
        }
    }

    #[test]
    fn a_json_key_that_ends_with_a_quote_keeps_its_spelling() {
        assert_eq!(
            json_of("secret-key\"").first().map(String::as_str),
            Some("secret-key\\\"")
        );
        assert_eq!(
            json_of("\"secret-key").first().map(String::as_str),
            Some("\\\"secret-key")
        );
    }

    #[test]
    fn a_word_is_no_secret() {
        assert!(Needles::of(&Secret::new("ollama".into())).is_none());
        assert_eq!(needles("sk-canary-01").covered("plain sk-canary-0"), None);
    }
}
