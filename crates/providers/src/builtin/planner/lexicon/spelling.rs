//! Misspelt words, within a bounded distance. Paths, quotations and texts to search never.

use super::{
    super::word::{Quoting, Word},
    german,
};

/// English words that the rules stand on.
const WORDS: [&str; 62] = [
    "list",
    "show",
    "read",
    "open",
    "print",
    "display",
    "search",
    "grep",
    "find",
    "locate",
    "count",
    "summarise",
    "summarize",
    "summary",
    "largest",
    "biggest",
    "files",
    "file",
    "folder",
    "directory",
    "lines",
    "line",
    "status",
    "uncommitted",
    "untracked",
    "branch",
    "staged",
    "changes",
    "changed",
    "commits",
    "commit",
    "history",
    "recently",
    "yesterday",
    "today",
    "week",
    "month",
    "days",
    "between",
    "against",
    "containing",
    "contains",
    "occurrences",
    "rust",
    "markdown",
    "python",
    "typescript",
    "javascript",
    "project",
    "repository",
    "readme",
    "changelog",
    "license",
    "hello",
    "help",
    "examples",
    "cancel",
    "again",
    "many",
    "named",
    "happened",
    "then",
];
/// Everyday words that stand near to one of those and mean something else.
const OTHERS: [&str; 32] = [
    "line", "lines", "live", "lives", "these", "there", "their", "they", "them", "than", "shown",
    "reads", "ready", "lists", "finds", "shows", "opens", "tests", "texts", "files", "filed",
    "field", "fields", "money", "cannot", "helps", "searched", "linked", "names", "being",
    "account", "mount",
];
/// Letters of the longest word that is looked at.
const LETTERS_MAX: usize = 20;
/// Words of the longest request that is looked at: a longer one is no request in a few words.
const WORDS_MAX: usize = 40;

/// Puts the word that was meant in the place of each misspelt one; what was read as what.
///
/// `is_known` tells words that somebody else knows, such as the keywords of a tool.
pub(in super::super) fn mend(
    words: &mut [Word],
    is_known: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut read_as = vec![];
    if words.len() > WORDS_MAX {
        return read_as;
    }
    for word in words {
        if is_search(word) {
            break;
        }
        let Some((meant, english)) = meant(word).filter(|_| !is_known(&word.lower)) else {
            continue;
        };
        read_as.push((word.raw.clone(), meant.to_owned()));
        word.lower = english.to_owned();
        if is_search(word) {
            break;
        }
    }
    read_as
}

/// What stands behind such a word is a text to look for.
fn is_search(word: &Word) -> bool {
    matches!(
        word.lower.as_str(),
        "search" | "grep" | "containing" | "contains" | "named" | "called"
    )
}

fn meant(word: &Word) -> Option<(&'static str, &'static str)> {
    let lower = word.lower.as_str();
    let letters: Vec<char> = lower.chars().take(LETTERS_MAX + 1).collect();
    let is_word = word.quoting == Quoting::Bare
        && word.source.is_none()
        && (4..=LETTERS_MAX).contains(&letters.len())
        && letters.iter().all(|letter| letter.is_alphabetic())
        // A name such as `ParseConfig` or `TODO` is no misspelt verb.
        && !word.raw.chars().skip(1).any(char::is_uppercase);
    if !is_word || OTHERS.contains(&lower) || WORDS.contains(&lower) {
        return None;
    }
    let english = WORDS.iter().map(|known| (*known, *known));
    let candidates = english.chain(german::known().filter(|(known, _)| known.chars().count() > 5));
    let mut best: Option<(usize, &str, &str)> = None;
    let mut is_alone = true;
    for (known, pivot) in candidates {
        let Some(distance) = near(&letters, known) else {
            continue;
        };
        match best {
            Some((least, _, _)) if distance > least => {}
            Some((least, _, same)) if distance == least => is_alone &= same == pivot,
            _ => {
                best = Some((distance, known, pivot));
                is_alone = true;
            }
        }
    }
    best.filter(|_| is_alone)
        .map(|(_, known, pivot)| (known, pivot))
}

/// The distance to a known word, when it is small for its length.
fn near(letters: &[char], known: &str) -> Option<usize> {
    let known: Vec<char> = known.chars().collect();
    let allowed = if known.len() >= 8 { 2 } else { 1 };
    if known.len() < 4 || letters.len().abs_diff(known.len()) > allowed {
        return None;
    }
    // Four letters: only their order, one too many or one too few (`lsit`), never another (`lost`).
    let is_other = letters.len() == known.len() && {
        let mut sorted = [letters.to_vec(), known.clone()];
        sorted.iter_mut().for_each(|word| word.sort_unstable());
        sorted[0] != sorted[1]
    };
    if known.len() == 4 && is_other {
        return None;
    }
    let distance = distance(letters, &known);
    (1..=allowed).contains(&distance).then_some(distance)
}

/// Insertions, deletions, other letters, and neighbours in the wrong order.
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut rows: Vec<Vec<usize>> = vec![(0..width).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let above = rows.get(i).map_or(&[][..], Vec::as_slice);
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(above, j) + usize::from(a != b))
                .min(at(above, j + 1) + 1)
                .min(at(&row, j) + 1);
            let is_swapped =
                i > 0 && j > 0 && one.get(i - 1) == Some(b) && other.get(j - 1) == Some(a);
            if let Some(before) = rows.get(i.wrapping_sub(1)).filter(|_| is_swapped) {
                least = least.min(at(before, j - 1) + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{super::super::word::words, *};

    fn mended(text: &str) -> String {
        let mut words = words(text);
        mend(&mut words, |_| false);
        let lower: Vec<String> = words.into_iter().map(|word| word.lower).collect();
        lower.join(" ")
    }

    #[test]
    fn small_slips_are_read_as_what_was_meant() {
        assert_eq!(mended("shwo the fiels"), "show the files");
        assert_eq!(mended("serach lsit"), "search lsit");
        assert_eq!(
            mended("sumarize uncomitted changs"),
            "summarize uncommitted changes"
        );
        assert_eq!(mended("zusammenfasung der Dateeien"), "summary the files");
    }

    #[test]
    fn names_paths_and_other_words_stay() {
        for text in [
            "raed.md src/fiels",
            "\"fiels\"",
            "the lost cost",
            "raedMe",
            "search for fiels",
            "fine last",
        ] {
            let mut cut = words(text);
            assert_eq!(mend(&mut cut, |_| false), vec![], "{text}");
        }
    }
}
