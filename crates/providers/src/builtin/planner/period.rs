//! Stretches of time that people name, counted from the start of the session.

use chrono::{DateTime, Days, NaiveDate, Utc};
use weald_domain::id::SessionId;

use super::{language::Language, word::Word};

/// A stretch of time, as git takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    /// How it was named.
    pub(super) named: Named,
    /// Its start.
    pub(super) since: String,
    /// Its end; none is now.
    pub(super) until: Option<String>,
}

/// How a stretch of time was named, with its days as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Today(Option<NaiveDate>),
    Yesterday(Option<NaiveDate>),
    Days(u64, Option<NaiveDate>),
    Since(NaiveDate),
    Before(NaiveDate),
    On(NaiveDate),
    Between(NaiveDate, NaiveDate),
}

impl Period {
    /// The stretch in a sentence, such as `in the last 7 days (since 2026-11-17)`.
    pub(super) fn words(&self, language: Language) -> String {
        let since = |day: Option<NaiveDate>| {
            let word = language.pick("since", "seit", "自");
            day.map_or_else(String::new, |day| format!(" ({word} {day})"))
        };
        match (self.named, language) {
            (Named::Today(day), _) => {
                language.pick("today", "heute", "今天").to_owned() + &since(day)
            }
            (Named::Yesterday(day), _) => {
                let day = day.map_or_else(String::new, |day| format!(" ({day})"));
                language.pick("yesterday", "gestern", "昨天").to_owned() + &day
            }
            (Named::Days(1, day), _) => {
                let words = language.pick("in the last day", "am letzten Tag", "最近一天");
                words.to_owned() + &since(day)
            }
            (Named::Days(days, day), _) => {
                let words = match language {
                    Language::English => format!("in the last {days} days"),
                    Language::German => format!("in den letzten {days} Tagen"),
                    Language::Chinese => format!("最近 {days} 天"),
                };
                words + &since(day)
            }
            (Named::Since(day), _) => format!("{} {day}", language.pick("since", "seit", "自")),
            (Named::Before(day), _) => format!("{} {day}", language.pick("before", "vor", "早于")),
            (Named::On(day), _) => format!("{} {day}", language.pick("on", "am", "于")),
            (Named::Between(first, last), Language::English) => format!("from {first} to {last}"),
            (Named::Between(first, last), Language::German) => format!("von {first} bis {last}"),
            (Named::Between(first, last), Language::Chinese) => format!("从 {first} 到 {last}"),
        }
    }
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
            "today" => Some(this_day(today)),
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
            named: Named::Between(first, last),
            since: midnight(first),
            until: last.checked_add_days(Days::new(1)).map(midnight),
        });
    }
    Some(match before {
        Some("on") => Period {
            named: Named::On(first),
            since: midnight(first),
            until: first.checked_add_days(Days::new(1)).map(midnight),
        },
        Some("before" | "until" | "to") => Period {
            named: Named::Before(first),
            since: "1970-01-01T00:00:00Z".to_owned(),
            until: Some(midnight(first)),
        },
        _ => Period {
            named: Named::Since(first),
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

/// The days before today, and today itself as far as it has come.
fn last(days: u64, today: Option<NaiveDate>) -> Period {
    let since = today.and_then(|today| today.checked_sub_days(Days::new(days)));
    Period {
        named: Named::Days(days, since),
        since: since.map_or_else(|| format!("{days} days ago"), midnight),
        until: None,
    }
}

fn this_day(today: Option<NaiveDate>) -> Period {
    Period {
        named: Named::Today(today),
        since: today.map_or_else(|| "1 days ago".to_owned(), midnight),
        until: None,
    }
}

fn yesterday(today: Option<NaiveDate>) -> Period {
    let day = today.and_then(|today| today.checked_sub_days(Days::new(1)));
    Period {
        named: Named::Yesterday(day),
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
        let period = |text: &str| {
            named(&words(text), today).map(|p| (p.words(Language::English), p.since, p.until))
        };
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
