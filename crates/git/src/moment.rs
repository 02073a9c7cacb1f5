//! Moments as people and git write them. Git takes any text and silently reads what it does not
//! understand as now, so what it would not understand is refused here. It also reads a day without
//! a time as that day at the present time of day; here a day is the whole day.

use std::str::FromStr;

use crate::GitError;

/// A moment in a form that git understands: an ISO date, `1 week ago`, `yesterday`, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(String);

const WORDS: &[&str] = &[
    "ago",
    "now",
    "today",
    "yesterday",
    "noon",
    "midnight",
    "last",
    "am",
    "pm",
    "utc",
    "gmt",
    "at",
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
];

impl FromStr for Moment {
    type Err = GitError;

    fn from_str(text: &str) -> Result<Self, GitError> {
        let mut words = text
            .split([' ', '.', ',', '_'])
            .filter(|word| !word.is_empty())
            .peekable();
        let is_known = text.len() <= 64 && words.peek().is_some() && words.all(is_word);
        if is_known {
            return Ok(Self(text.to_owned()));
        }
        Err(GitError::BadArgument {
            what: "the time",
            reason: format!(
                "{:?} is neither a date such as 2026-01-31 nor a phrase such as `1 week ago`",
                text.chars().take(64).collect::<String>()
            ),
        })
    }
}

fn is_word(word: &str) -> bool {
    let is_number = word.bytes().any(|b| b.is_ascii_digit())
        && word
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-:/+TZtz".contains(&b))
        && !word.starts_with('-');
    is_number || WORDS.contains(&word.to_ascii_lowercase().as_str())
}

const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

impl Moment {
    /// As the beginning of a span: a day begins at midnight.
    pub(crate) fn start(&self) -> String {
        self.day()
            .map_or_else(|| self.0.clone(), |day| format!("{day} 00:00:00"))
    }

    /// As the end of a span: a day ends before the next.
    pub(crate) fn end(&self) -> String {
        self.day()
            .map_or_else(|| self.0.clone(), |day| format!("{day} 23:59:59"))
    }

    /// The day, when the text names one and no time.
    fn day(&self) -> Option<String> {
        let text = self.0.trim().to_ascii_lowercase();
        let name = text.strip_prefix("last ").unwrap_or(&text).trim();
        let is_date = text.len() == 10
            && text.bytes().enumerate().all(|(n, byte)| match n {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if WEEKDAYS.contains(&name) {
            Some(format!("last {name}"))
        } else if is_date || text == "today" || text == "yesterday" {
            Some(text)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_time_is_the_whole_day() {
        let moment = |text: &str| -> Moment { text.parse().expect("a moment") };
        assert_eq!(moment("2026-01-02").start(), "2026-01-02 00:00:00");
        assert_eq!(moment("2026-01-02").end(), "2026-01-02 23:59:59");
        assert_eq!(moment("Monday").start(), "last monday 00:00:00");
        assert_eq!(moment("today").start(), "today 00:00:00");
        assert_eq!(moment("1 week ago").start(), "1 week ago");
        assert_eq!(moment("2026-01-02T10:00:00Z").end(), "2026-01-02T10:00:00Z");
    }

    #[test]
    fn only_what_git_understands_is_a_moment() {
        for text in [
            "2026-01-31",
            "2026-01-31T10:00:00Z",
            "2026-01-31T10:00:00+02:00",
            "1 week ago",
            "yesterday",
            "last monday",
            "3.days.ago",
            "2026-01-31 10:00:00 +0200",
            "Jan 5 2026",
        ] {
            assert!(text.parse::<Moment>().is_ok(), "{text}");
        }
        for text in ["", "soon", "--exec=x", "1 fortnight ago", "a\nb", "  "] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
