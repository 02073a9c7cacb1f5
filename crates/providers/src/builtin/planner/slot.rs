//! What a request names: texts, numbers and ranges here, files and folders in `place`.

mod place;

use super::{
    period::number,
    word::{Quoting, Word},
};

pub(super) use place::{glob_of_name, is_path_like};

/// The words of a request, and what can be found in them.
#[derive(Debug)]
pub(super) struct Slots<'a> {
    words: &'a [Word],
}

const PREPOSITIONS: [&str; 8] = [
    "in", "inside", "under", "below", "within", "from", "of", "at",
];
const ARTICLES: [&str; 6] = ["the", "this", "my", "our", "a", "all"];
/// What may stand between a verb and the text that is meant.
const FILLERS: [&str; 15] = [
    "the", "text", "word", "words", "string", "term", "all", "any", "for", "phrase", "of", "me",
    "please", "every", "a",
];

impl<'a> Slots<'a> {
    pub(super) const fn new(words: &'a [Word]) -> Self {
        Self { words }
    }

    pub(super) const fn words(&self) -> &'a [Word] {
        self.words
    }

    /// What the rules know the word at a place by; empty behind the last.
    pub(super) fn lower(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |word| word.lower.as_str())
    }

    /// Whether any of these words is there, outside quotes.
    pub(super) fn has(&self, any: &[&str]) -> bool {
        let mut bare = self
            .words
            .iter()
            .filter(|word| word.quoting == Quoting::Bare);
        bare.any(|word| any.contains(&word.lower.as_str()))
    }

    /// Whether these words stand there one behind the other.
    pub(super) fn says(&self, phrase: &str) -> bool {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        self.words.windows(phrase.len()).any(|window| {
            window
                .iter()
                .map(|w| w.lower.as_str())
                .eq(phrase.iter().copied())
        })
    }

    /// The first quotation.
    pub(super) fn quoted(&self) -> Option<&'a str> {
        let quoted = self
            .words
            .iter()
            .find(|word| word.quoting == Quoting::Quoted);
        quoted.map(|word| word.raw.as_str())
    }

    /// The text behind one of these words, up to a place: `for TODO in src`.
    pub(super) fn text_behind(&self, markers: &[&str]) -> Option<String> {
        let at = self.position(markers)?;
        let rest = self.words.get(at + 1..)?;
        let start = rest
            .iter()
            .position(|word| !FILLERS.contains(&word.lower.as_str()))?;
        let text: Vec<&str> = rest
            .get(start..)?
            .iter()
            .take_while(|word| !PREPOSITIONS.contains(&word.lower.as_str()))
            .map(|word| word.raw.as_str())
            .filter(|raw| !raw.is_empty())
            .collect();
        (!text.is_empty()).then(|| text.join(" "))
    }

    fn position(&self, any: &[&str]) -> Option<usize> {
        let is_one = |word: &Word| any.contains(&word.lower.as_str());
        self.words.iter().position(is_one)
    }

    /// The number in front of one of these words, as in `5 commits`, `last 5`.
    pub(super) fn count_of(&self, units: &[&str]) -> Option<u64> {
        let mut pairs = self.words.iter().zip(self.words.iter().skip(1));
        pairs.find_map(|(count, unit)| {
            let is_unit = units.contains(&unit.lower.as_str());
            is_unit.then(|| number(&count.lower)).flatten()
        })
    }

    /// `lines 10 to 20`, `lines 10-20`, `line 7`, `first 20 lines`: first line and how many.
    pub(super) fn lines(&self) -> Option<(u64, u64)> {
        let at = self.position(&["line", "lines"])?;
        let span =
            |first: u64, last: u64| (first.max(1), last.max(first.max(1)) - first.max(1) + 1);
        // `10 to 20 lines`, as it is said in Chinese.
        let before = at.checked_sub(3).filter(|_| self.lower(at - 2) == "to");
        if let Some(start) = before {
            let first = number(self.lower(start));
            if let (Some(first), Some(last)) = (first, number(self.lower(at - 1))) {
                return Some(span(first, last));
            }
        }
        if let Some(count) = self.count_of(&["lines"]) {
            return Some((1, count.max(1)));
        }
        if let Some((first, last)) = self.lower(at + 1).split_once('-') {
            return Some(span(number(first)?, number(last)?));
        }
        let first = number(self.lower(at + 1))?;
        let is_joined = matches!(self.lower(at + 2), "to" | "-" | "through" | "until");
        let last = is_joined.then(|| number(self.lower(at + 3))).flatten();
        Some(span(first, last.unwrap_or(first)))
    }

    /// The two words around `and`, `to` or `..` behind `between` or `from`.
    pub(super) fn range(&self) -> Option<(String, String)> {
        let dotted = self.words.iter().find_map(|word| word.raw.split_once(".."));
        if let Some((from, to)) =
            dotted.filter(|(from, _)| !from.is_empty() && !from.ends_with('/'))
        {
            let to = to.trim_start_matches('.');
            let to = if to.is_empty() { "HEAD" } else { to };
            return Some((from.to_owned(), to.to_owned()));
        }
        let at = self.position(&["between", "from"])?;
        let from = self.words.get(at + 1)?;
        let to = self.words.get(at + 3)?;
        matches!(self.lower(at + 2), "and" | "to").then(|| (from.raw.clone(), to.raw.clone()))
    }

    /// The word behind one of these.
    pub(super) fn word_behind(&self, markers: &[&str]) -> Option<String> {
        let at = self.position(markers)?;
        let word = self.words.get(at + 1)?;
        (!word.raw.is_empty()).then(|| word.raw.clone())
    }

    /// `1`, `the second`, `zweite`: which of a list, from 1.
    pub(super) fn ordinal(&self) -> Option<usize> {
        let named = [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
        ];
        self.words.iter().find_map(|word| {
            let lower = word.lower.as_str();
            let digits = lower.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h', '.']);
            let place = named
                .iter()
                .position(|name| *name == lower)
                .map(|at| at + 1);
            place.or_else(|| usize::try_from(number(digits)?).ok())
        })
    }
}
