//! From words to intents, by fixed rules in a fixed order.

mod files;
mod repository;
mod talk;

pub(super) use talk::is_cancel;

use chrono::NaiveDate;
use weald_domain::tool::ToolSpec;

use super::{
    intent::{Intent, Subject, Talk},
    offered, period,
    slot::Slots,
    word::{Before, Word},
};

/// What is known besides the words.
#[derive(Debug, Clone, Default)]
pub(super) struct Known<'a> {
    pub(super) tools: &'a [ToolSpec],
    /// The day of the session.
    pub(super) today: Option<NaiveDate>,
    /// The file that was last read.
    pub(super) last_file: Option<String>,
    /// Files that were last named by an answer.
    pub(super) listed: Vec<String>,
    /// Where the last file goes on behind what was shown.
    pub(super) goes_on: Option<(String, u64)>,
    /// What was last done.
    pub(super) before: Vec<Intent>,
}

/// Whether a clause stands behind one that finds files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    BehindFound,
}

/// Steps of one request, at most.
const STEPS_MAX: usize = 6;
/// Words that a clause of its own begins with.
const STARTERS: [&str; 21] = [
    "git",
    "find",
    "list",
    "read",
    "show",
    "open",
    "count",
    "summarise",
    "summarize",
    "summary",
    "search",
    "grep",
    "look",
    "tell",
    "give",
    "print",
    "display",
    "what",
    "how",
    "which",
    "where",
];
/// What may stand before them.
const POLITE: [&str; 7] = ["please", "also", "and", "then", "finally", "now", "me"];

/// What a request wants.
pub(super) fn recognise(words: &[Word], known: &Known<'_>) -> Vec<Intent> {
    let clauses = clauses(words);
    if clauses.len() > 1 {
        let mut steps: Vec<Intent> = vec![];
        for clause in &clauses {
            let place = match steps.last() {
                Some(step) if step.finds() || step.subject() == Some(&Subject::Found) => {
                    Place::BehindFound
                }
                Some(_) | None => Place::First,
            };
            steps.extend(one(clause, known, place, &steps));
        }
        let is_talk = |step: &Intent| matches!(step, Intent::Talk(_));
        let is_unknown = |step: &Intent| *step == Intent::Talk(Talk::Unknown);
        let is_understood = !steps.iter().any(is_unknown);
        steps.retain(|step| !is_talk(step));
        if is_understood && !steps.is_empty() {
            steps.truncate(STEPS_MAX);
            return steps;
        }
    }
    one(words, known, Place::First, &[])
}

/// Cuts a request at `and`, `then` and commas that a verb stands behind.
fn clauses(words: &[Word]) -> Vec<&[Word]> {
    let mut clauses = vec![];
    let mut start = 0;
    for (at, word) in words.iter().enumerate().skip(1) {
        let is_joint =
            matches!(word.lower.as_str(), "and" | "then" | "&") || word.before == Before::Comma;
        let rest = words.get(at..).unwrap_or_default();
        let mut behind = rest
            .iter()
            .skip_while(|w| POLITE.contains(&w.lower.as_str()));
        let verb = behind.next().map_or("", |w| w.lower.as_str());
        if is_joint && at > start && STARTERS.contains(&verb) {
            clauses.push(words.get(start..at).unwrap_or_default());
            start = at
                + rest
                    .iter()
                    .take_while(|w| POLITE.contains(&w.lower.as_str()))
                    .count();
        }
    }
    clauses.push(words.get(start..).unwrap_or_default());
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// What one clause wants; some stand for two steps, such as `read all rust files`.
fn one(words: &[Word], known: &Known<'_>, place: Place, before: &[Intent]) -> Vec<Intent> {
    if words.is_empty() {
        return vec![Intent::Talk(Talk::Unknown)];
    }
    let slots = Slots::new(words);
    let period = period::named(words, known.today);
    let single = |intent: Option<Intent>| intent.map(|intent| vec![intent]);
    let subject = |slots: &Slots<'_>| files::subject(slots, known, place, before);
    single(talk::short(&slots, known))
        .or_else(|| single(offered::strong(&slots, known.tools)))
        .or_else(|| single(repository::state(&slots, period.as_ref())))
        .or_else(|| files::summarise(&slots, period.as_ref(), subject(&slots)))
        .or_else(|| files::count(&slots, period.as_ref(), place, subject(&slots)))
        .or_else(|| single(repository::log(&slots, period)))
        .or_else(|| single(files::largest(&slots)))
        .or_else(|| single(files::search_or_find(&slots)))
        .or_else(|| files::read(&slots, subject(&slots)))
        .or_else(|| single(files::list(&slots)))
        .or_else(|| single(talk::any(&slots)))
        .or_else(|| single(offered::named(&slots, known.tools)))
        .unwrap_or_else(|| vec![Intent::Talk(Talk::Unknown)])
}
