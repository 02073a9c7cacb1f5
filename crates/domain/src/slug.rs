//! Slugs: `[a-z0-9-]{1,64}`, the ids that people type (spec section 2).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::limits::SLUG_MAX;

/// A checked slug.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a slug: 1 to {SLUG_MAX} of a-z, 0-9 and `-` were expected")]
pub struct BadSlug(pub String);

impl Slug {
    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes a slug from any text: lower case, other characters become `-`; `None` when nothing
    /// usable is left.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut out = String::new();
        for c in name.chars() {
            match c.to_ascii_lowercase() {
                c @ ('a'..='z' | '0'..='9') => out.push(c),
                _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
                _ => {}
            }
            if out.len() == SLUG_MAX {
                break;
            }
        }
        let out = out.trim_end_matches('-');
        out.parse().ok()
    }
}

impl FromStr for Slug {
    type Err = BadSlug;

    fn from_str(text: &str) -> Result<Self, BadSlug> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=SLUG_MAX).contains(&text.len()) && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadSlug(text.chars().take(SLUG_MAX).collect()))
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = BadSlug;

    fn try_from(text: String) -> Result<Self, BadSlug> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_slug() {
        assert_eq!(
            Slug::from_name("My Repo (2)!").map(String::from),
            Some("my-repo-2".into())
        );
        assert_eq!(Slug::from_name("…"), None);
    }

    #[test]
    fn upper_case_and_empty_are_refused() {
        assert!("A".parse::<Slug>().is_err());
        assert!("".parse::<Slug>().is_err());
        assert!("a".repeat(65).parse::<Slug>().is_err());
    }
}
