//! Stretches of time that people name, counted from the start of the session.

use chrono::{DateTime, Days, NaiveDate, Utc};
use weald_domain::id::SessionId;

use super::word::Word;

/// A stretch of time, in words and as git takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    /// Such as `in the last 7 days`.
    pub(super) words: String,
    /// Its start.
    pub(super) since: String,
    /// Its end; none is now.
    pub(super) until: Option<String>,
}

/// The day a session began, UTC: its id says so.
pub(super) fn day_of(session: SessionId) -> Option<NaiveDate> {
    let (seconds, _) = session.uuid().get_timestamp()?.to_unix();
    let at = DateTime::<Utc>::from_timestamp(i64::try_from(seconds).ok()?, 0)?;
    Some(at.date_naive())
}

/// The stretch that a request names.
pub(super) fn named(words: &[Word], today: Option<NaiveDate>) -> Option<Period> {
    let lower: Vec<&str> = words.iter().map(|word| word.lower.as_str()).collect();
    if let Some(period) = dated(&lower) {
        return Some(period);
    }
    for (at, word) in lower.iter().enumerate() {
        let next = lower.get(at + 1).copied().unwrap_or("");
        let after = lower.get(at + 2).copied().unwrap_or("");
        let period = match *word {
            "today" => Some(last_days(1, "today", today)),
            "yesterday" => Some(yesterday(today)),
            "this" | "last" | "past" | "previous" | "recent" => match number(next) {
                Some(count) => days_of(after, count).map(|days| last(days, today)),
                None => days_of(next, 1).map(|days| last(days, today)),
            },
            _ => None,
        };
        if period.is_some() {
            return period;
        }
    }
    None
}

/// `since 2026-11-01`, `on 2026-11-01`, `from … to …`.
fn dated(lower: &[&str]) -> Option<Period> {
    let mut dates = lower.iter().enumerate().filter_map(|(at, word)| {
        let date: NaiveDate = word.parse().ok()?;
        Some((at, date))
    });
    let (at, first) = dates.next()?;
    let before = at.checked_sub(1).and_then(|at| lower.get(at)).copied();
    if let Some((_, last)) = dates.next() {
        return Some(Period {
            words: format!("from {first} to {last}"),
            since: midnight(first),
            until: last.checked_add_days(Days::new(1)).map(midnight),
        });
    }
    Some(match before {
        Some("on") => Period {
            words: format!("on {first}"),
            since: midnight(first),
            until: first.checked_add_days(Days::new(1)).map(midnight),
        },
        Some("before" | "until") => Period {
            words: format!("before {first}"),
            since: "1970-01-01T00:00:00Z".to_owned(),
            until: Some(midnight(first)),
        },
        _ => Period {
            words: format!("since {first}"),
            since: midnight(first),
            until: None,
        },
    })
}

/// Days of a unit of time; a week is its last seven days, so that a Monday morning is not empty.
fn days_of(unit: &str, count: u64) -> Option<u64> {
    let days = match unit.trim_end_matches('s') {
        "day" => 1,
        "week" => 7,
        "fortnight" => 14,
        "month" => 30,
        "year" => 365,
        _ => return None,
    };
    Some(days * count.clamp(1, 100))
}

fn last(days: u64, today: Option<NaiveDate>) -> Period {
    let words = match days {
        1 => "in the last day".to_owned(),
        days => format!("in the last {days} days"),
    };
    last_days(days, &words, today)
}

fn last_days(days: u64, words: &str, today: Option<NaiveDate>) -> Period {
    // The days before today, and today itself as far as it has come.
    let back = if words == "today" { 0 } else { days };
    let since = today.and_then(|today| today.checked_sub_days(Days::new(back)));
    Period {
        words: since.map_or_else(
            || words.to_owned(),
            |since| format!("{words} (since {since})"),
        ),
        since: since.map_or_else(|| format!("{days} days ago"), midnight),
        until: None,
    }
}

fn yesterday(today: Option<NaiveDate>) -> Period {
    let day = today.and_then(|today| today.checked_sub_days(Days::new(1)));
    Period {
        words: day.map_or_else(|| "yesterday".into(), |day| format!("yesterday ({day})")),
        since: day.map_or_else(|| "2 days ago".into(), midnight),
        until: Some(today.map_or_else(|| "1 day ago".into(), midnight)),
    }
}

fn midnight(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

/// A number in digits or in words.
pub(super) fn number(word: &str) -> Option<u64> {
    let named = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    if let Some(at) = named.iter().position(|name| *name == word) {
        return u64::try_from(at).ok();
    }
    let is_number = (1..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| word.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use weald_domain::{id::uuid_v7, time::UnixMillis};

    use super::{super::word::words, *};

    #[test]
    fn named_stretches_are_counted_from_the_day_of_the_session() {
        let at = UnixMillis::parse("2026-11-24T12:00:00Z").expect("a time");
        let today = day_of(SessionId(uuid_v7(at, &[0; 10])));
        let period = |text: &str| named(&words(text), today).map(|p| (p.words, p.since, p.until));
        let told = |words: &str, since: &str, until: Option<&str>| {
            let midnight = |day: &str| format!("{day}T00:00:00Z");
            Some((words.to_owned(), midnight(since), until.map(midnight)))
        };
        for (text, expected) in [
            (
                "this week?",
                told("in the last 7 days (since 2026-11-17)", "2026-11-17", None),
            ),
            (
                "last 3 days",
                told("in the last 3 days (since 2026-11-21)", "2026-11-21", None),
            ),
            (
                "past two weeks",
                told("in the last 14 days (since 2026-11-10)", "2026-11-10", None),
            ),
            (
                "today",
                told("today (since 2026-11-24)", "2026-11-24", None),
            ),
            (
                "yesterday",
                told("yesterday (2026-11-23)", "2026-11-23", Some("2026-11-24")),
            ),
            (
                "since 2026-11-01",
                told("since 2026-11-01", "2026-11-01", None),
            ),
            (
                "on 2026-11-01",
                told("on 2026-11-01", "2026-11-01", Some("2026-11-02")),
            ),
            (
                "from 2026-10-01 to 2026-10-31",
                told(
                    "from 2026-10-01 to 2026-10-31",
                    "2026-10-01",
                    Some("2026-11-01"),
                ),
            ),
            (
                "until 2026-01-01",
                told("before 2026-01-01", "1970-01-01", Some("2026-01-01")),
            ),
            ("the last 5 commits", None),
            ("99999999999 days", None),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }

    #[test]
    fn without_a_day_git_counts_by_itself() {
        let period = named(&words("this month"), None).expect("a period");
        assert_eq!((period.since.as_str(), period.until), ("30 days ago", None));
    }
}
