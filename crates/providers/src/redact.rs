//! Keeps a key out of everything a person or a log may see.

mod needles;
mod stream;

use needles::{COVER, Needles};
pub(crate) use stream::covered;
use weald_domain::secret::Secret;

/// A whole text of a provider without `secret` in it.
pub(crate) fn covered_text(text: String, secret: &Secret) -> String {
    let needles = Needles::of(secret);
    let covered = needles.and_then(|needles| needles.covered(&text));
    covered.unwrap_or(text)
}

/// Longest quotation of a provider's own words, characters.
pub const QUOTE_MAX: usize = 300;

/// Cuts foreign words to a quotation without the key in it.
#[derive(Debug, Clone, Default)]
pub struct Quoter {
    key: Option<Secret>,
}

impl Quoter {
    /// Covers `key` in every quotation.
    #[must_use]
    pub const fn covering(key: Option<Secret>) -> Self {
        Self { key }
    }

    /// At most [`QUOTE_MAX`] characters of one line. The key is covered before the cut, so that no
    /// half of it is left.
    #[must_use]
    pub fn quote(&self, text: &str) -> String {
        let covered = match self.key.as_ref().map(|key| key.expose().trim()) {
            Some(key) if !key.is_empty() => text.replace(key, COVER),
            Some(_) | None => text.to_owned(),
        };
        let needles = self.key.as_ref().and_then(Needles::of);
        let covered = needles
            .and_then(|needles| needles.covered(&covered))
            .unwrap_or(covered);
        let mut out = String::new();
        for (count, c) in covered.trim().chars().enumerate() {
            if count == QUOTE_MAX {
                out.push('…');
                break;
            }
            out.push(if c.is_control() { ' ' } else { c });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_covered_even_where_the_quotation_is_cut() {
        let quoter = Quoter::covering(Some(Secret::new("sk-secret".into())));
        let long = format!("{}sk-secret and more", "x".repeat(QUOTE_MAX - 4));
        let quoted = quoter.quote(&long);
        assert!(!quoted.contains("sk-"), "{quoted}");
        assert_eq!(quoted.chars().count(), QUOTE_MAX + 1);
        assert_eq!(quoter.quote("a\nsk-secret\n"), "a [key]");
        assert_eq!(Quoter::default().quote("plain"), "plain");
    }
}
