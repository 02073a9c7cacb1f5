//! What a request names: paths, globs, texts, numbers.

use super::{
    period::number,
    word::{Quoting, Word},
};

/// The words of a request, and what can be found in them.
#[derive(Debug)]
pub(super) struct Slots<'a> {
    words: &'a [Word],
}

const PREPOSITIONS: [&str; 8] = [
    "in", "inside", "under", "below", "within", "from", "of", "at",
];
const ARTICLES: [&str; 6] = ["the", "this", "my", "our", "a", "all"];
const FOLDERS: [&str; 4] = ["folder", "directory", "dir", "subfolder"];
const WHOLE: [&str; 9] = [
    "here",
    "repo",
    "repository",
    "project",
    "workspace",
    "codebase",
    "code",
    "root",
    "everywhere",
];
/// Files that people name without their ending.
const KNOWN_FILES: [(&str, &str); 6] = [
    ("readme", "README.md"),
    ("changelog", "CHANGELOG.md"),
    ("license", "LICENSE"),
    ("licence", "LICENSE"),
    ("makefile", "Makefile"),
    ("dockerfile", "Dockerfile"),
];
/// File kinds that people name.
const KINDS: [(&str, &str); 17] = [
    ("rust", "*.rs"),
    ("markdown", "*.md"),
    ("python", "*.py"),
    ("typescript", "*.{ts,tsx}"),
    ("javascript", "*.{js,jsx,mjs}"),
    ("json", "*.json"),
    ("toml", "*.toml"),
    ("yaml", "*.{yaml,yml}"),
    ("html", "*.html"),
    ("css", "*.css"),
    ("sql", "*.sql"),
    ("go", "*.go"),
    ("java", "*.java"),
    ("shell", "*.sh"),
    ("image", "*.{png,jpg,jpeg,gif,svg,webp}"),
    ("test", "*test*"),
    ("text", "*.txt"),
];

impl<'a> Slots<'a> {
    pub(super) const fn new(words: &'a [Word]) -> Self {
        Self { words }
    }

    /// Whether any of these words is there, outside quotes.
    pub(super) fn has(&self, any: &[&str]) -> bool {
        self.bare().any(|word| any.contains(&word.lower.as_str()))
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

    fn bare(&self) -> impl Iterator<Item = &Word> {
        self.words
            .iter()
            .filter(|word| word.quoting == Quoting::Bare)
    }

    /// The first quotation.
    pub(super) fn quoted(&self) -> Option<&str> {
        let quoted = self
            .words
            .iter()
            .find(|word| word.quoting == Quoting::Quoted);
        quoted.map(|word| word.raw.as_str())
    }

    /// A file that is named by a path, a name with an ending, or a well-known name.
    pub(super) fn file(&self) -> Option<String> {
        let known = |word: &Word| {
            let known = KNOWN_FILES.iter().find(|(name, _)| *name == word.lower);
            known.map(|(_, file)| (*file).to_owned())
        };
        self.words
            .iter()
            .find(|word| {
                is_file(&word.raw) || (word.quoting == Quoting::Quoted && is_path(&word.raw))
            })
            .map(|word| word.raw.clone())
            .or_else(|| self.words.iter().find_map(known))
    }

    /// A folder that is named by a path, or by a word at the place of one.
    pub(super) fn folder(&self) -> Option<String> {
        if let Some(path) = self.words.iter().find(|word| is_path(&word.raw)) {
            return Some(path.raw.clone());
        }
        let lower = |at: usize| self.words.get(at).map_or("", |word| word.lower.as_str());
        for at in 0..self.words.len() {
            let is_place = PREPOSITIONS.contains(&lower(at));
            let mut next = at + 1;
            while is_place && ARTICLES.contains(&lower(next)) {
                next += 1;
            }
            let before_folder = FOLDERS.contains(&lower(at + 1));
            let candidate = if is_place {
                self.words.get(next)
            } else if before_folder {
                self.words.get(at)
            } else {
                None
            };
            if let Some(word) = candidate.filter(|word| may_be_folder(word)) {
                return Some(word.raw.clone());
            }
        }
        let after = self
            .words
            .iter()
            .position(|w| FOLDERS.contains(&w.lower.as_str()))?;
        let word = self.words.get(after + 1)?;
        may_be_folder(word).then(|| word.raw.clone())
    }

    /// A glob, or what stands for one: `*.rs`, `.rs files`, `rust files`, `files named x`.
    pub(super) fn glob(&self) -> Option<String> {
        if let Some(glob) = self.words.iter().find(|word| word.raw.contains('*')) {
            return Some(glob.raw.clone());
        }
        let lower = |at: usize| self.words.get(at).map_or("", |word| word.lower.as_str());
        for (at, word) in self.words.iter().enumerate() {
            let is_ending = word.raw.starts_with('.')
                && word.raw.len() > 1
                && word.raw.bytes().skip(1).all(|b| b.is_ascii_alphanumeric());
            if is_ending {
                return Some(format!("*{}", word.raw));
            }
            let names = matches!(word.lower.as_str(), "named" | "called" | "name");
            if let Some(name) = self.words.get(at + 1).filter(|_| names) {
                return Some(glob_of_name(&name.raw));
            }
            let kind = word.lower.trim_end_matches('s');
            let kind = KINDS
                .iter()
                .find(|(name, _)| *name == kind || *name == word.lower);
            if let (Some((_, glob)), true) = (
                kind,
                lower(at + 1).starts_with("file") || word.lower.ends_with("files"),
            ) {
                return Some((*glob).to_owned());
            }
        }
        let file = self.words.iter().find(|word| is_file(&word.raw));
        file.map(|word| glob_of_name(&word.raw))
    }

    /// The text behind one of these words, up to a place: `for TODO in src`.
    pub(super) fn text_behind(&self, markers: &[&str]) -> Option<String> {
        let at = self
            .words
            .iter()
            .position(|word| markers.contains(&word.lower.as_str()))?;
        let fillers = [
            "the", "text", "word", "words", "string", "term", "all", "any", "for", "phrase",
        ];
        let rest = self.words.get(at + 1..)?;
        let start = rest
            .iter()
            .position(|word| !fillers.contains(&word.lower.as_str()))?;
        let text: Vec<&str> = rest
            .get(start..)?
            .iter()
            .take_while(|word| !PREPOSITIONS.contains(&word.lower.as_str()))
            .map(|word| word.raw.as_str())
            .collect();
        (!text.is_empty()).then(|| text.join(" "))
    }

    /// The number in front of one of these words, as in `5 commits`, `last 5`.
    pub(super) fn count_of(&self, units: &[&str]) -> Option<u64> {
        self.words
            .iter()
            .zip(self.words.iter().skip(1))
            .find_map(|(count, unit)| {
                units
                    .contains(&unit.lower.as_str())
                    .then(|| number(&count.lower))
                    .flatten()
            })
    }

    /// `lines 10 to 20`, `lines 10-20`, `line 7`, `first 20 lines`: first line and how many.
    pub(super) fn lines(&self) -> Option<(u64, u64)> {
        if let Some(count) = self.count_of(&["lines"]) {
            return Some((1, count.max(1)));
        }
        let at = self
            .words
            .iter()
            .position(|w| matches!(w.lower.as_str(), "line" | "lines"))?;
        let lower = |at: usize| self.words.get(at).map_or("", |word| word.lower.as_str());
        let (first, last) = match lower(at + 1).split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => {
                let first = number(lower(at + 1))?;
                let joined = matches!(lower(at + 2), "to" | "-" | "through" | "until");
                let last = joined.then(|| number(lower(at + 3))).flatten();
                (first, last.unwrap_or(first))
            }
        };
        let first = first.max(1);
        Some((first, last.max(first) - first + 1))
    }

    /// The two words around `and`, `to` or `..` behind `between` or `from`.
    pub(super) fn range(&self) -> Option<(String, String)> {
        if let Some((from, to)) = self.words.iter().find_map(|word| word.raw.split_once(".."))
            && !from.is_empty()
            && !from.ends_with('/')
        {
            let to = to.trim_start_matches('.');
            return Some((
                from.to_owned(),
                if to.is_empty() { "HEAD" } else { to }.to_owned(),
            ));
        }
        let at = self
            .words
            .iter()
            .position(|w| matches!(w.lower.as_str(), "between" | "from"))?;
        let from = self.words.get(at + 1)?;
        let joint = self.words.get(at + 2)?;
        let to = self.words.get(at + 3)?;
        matches!(joint.lower.as_str(), "and" | "to").then(|| (from.raw.clone(), to.raw.clone()))
    }

    /// The word behind one of these.
    pub(super) fn word_behind(&self, markers: &[&str]) -> Option<String> {
        let at = self
            .words
            .iter()
            .position(|w| markers.contains(&w.lower.as_str()))?;
        self.words.get(at + 1).map(|word| word.raw.clone())
    }
}

fn glob_of_name(name: &str) -> String {
    if name.contains(['*', '.', '/']) {
        name.to_owned()
    } else {
        format!("*{name}*")
    }
}

/// A path is told by its slash, or is one of the dots.
fn is_path(word: &str) -> bool {
    let is_dots = matches!(word, "." | "..");
    let is_url = word.contains("://");
    is_dots || (word.contains('/') && !is_url && !word.contains(['*', ' ']) && word.len() > 1)
}

/// A file name is told by its ending, or stands behind a slash.
fn is_file(word: &str) -> bool {
    if word.contains(['*', ' '])
        || word.contains("://")
        || word.contains("..") && !word.contains('/')
    {
        return false;
    }
    let name = word.rsplit('/').next().unwrap_or(word);
    let has_ending = name.rsplit_once('.').is_some_and(|(stem, ending)| {
        let letters = ending.bytes().any(|b| b.is_ascii_alphabetic());
        (1..=10).contains(&ending.len())
            && letters
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
            && !stem.is_empty()
    });
    let is_dotfile = name.len() > 3 && name.starts_with(".git") || name == ".env";
    has_ending || is_dotfile
}

fn may_be_folder(word: &Word) -> bool {
    let not_names = [
        "it",
        "them",
        "there",
        "total",
        "git",
        "detail",
        "detail",
        "files",
        "file",
        "it",
        "which",
        "what",
        "text",
        "lines",
        "commits",
        "week",
        "month",
        "year",
        "day",
        "days",
        "today",
        "last",
        "past",
        "yesterday",
        "since",
        "folder",
        "directory",
        "me",
        "us",
        "you",
    ];
    let lower = word.lower.as_str();
    let is_name = lower
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    is_name
        && number(lower).is_none()
        && !WHOLE.contains(&lower)
        && !not_names.contains(&lower)
        && !is_file(&word.raw)
}
