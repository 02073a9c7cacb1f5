//! In which language a request is asked, and so answered.

use super::word::{Quoting, Word};

/// A language the planner speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
    Chinese,
}

/// Words that only English has, among those that people ask with.
const ENGLISH: [&str; 44] = [
    "the",
    "is",
    "are",
    "what",
    "which",
    "how",
    "many",
    "much",
    "show",
    "me",
    "my",
    "of",
    "for",
    "file",
    "files",
    "find",
    "list",
    "read",
    "open",
    "search",
    "count",
    "lines",
    "this",
    "week",
    "last",
    "changed",
    "changes",
    "please",
    "and",
    "then",
    "it",
    "them",
    "hello",
    "help",
    "cancel",
    "never",
    "mind",
    "summarize",
    "summarise",
    "where",
    "who",
    "you",
    "write",
    "with",
];
/// Words that only German has, beside those of the lexicon.
const GERMAN: [&str; 19] = [
    "und", "der", "das", "ein", "eine", "einen", "ist", "sind", "nicht", "ich", "du", "wir",
    "schreib", "schreibe", "gedicht", "kannst", "danke", "oder", "auch",
];

/// German words that are English ones too.
const BOTH: [&str; 10] = [
    "was", "die", "am", "tag", "stand", "hat", "such", "den", "des", "text",
];

impl Language {
    /// The one of three that is meant.
    pub(super) fn pick<T>(self, english: T, german: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::German => german,
            Self::Chinese => chinese,
        }
    }

    /// The language of a request; `before` when nothing tells.
    pub(super) fn of(words: &[Word], before: Self) -> Self {
        let bare = || words.iter().filter(|word| word.quoting == Quoting::Bare);
        if bare().any(|word| is_chinese(&word.raw) && !super::slot::is_path_like(&word.raw)) {
            return Self::Chinese;
        }
        let says = |known: &[&str], word: &Word| known.contains(&word.raw.to_lowercase().as_str());
        let german = bare()
            .filter(|word| !says(&BOTH, word))
            .filter(|word| word.source == Some(Self::German) || says(&GERMAN, word))
            .count();
        let english = bare().filter(|word| says(&ENGLISH, word)).count();
        match german.cmp(&english) {
            std::cmp::Ordering::Greater => Self::German,
            std::cmp::Ordering::Less => Self::English,
            std::cmp::Ordering::Equal => before,
        }
    }
}

/// Whether a text has a letter of Chinese.
pub(super) fn is_chinese(text: &str) -> bool {
    text.chars().any(is_han)
}

/// Whether a letter is one of Chinese.
pub(super) const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::{super::word::words, *};

    #[test]
    fn the_words_tell_the_language() {
        for (text, expected) in [
            ("list the files", Language::English),
            ("zeig mir die README", Language::German),
            ("Was steht in README.md?", Language::German),
            ("读取README.md", Language::Chinese),
            ("src/lib.rs", Language::German),
            ("read \"文档\" for me", Language::English),
            ("git status", Language::German),
        ] {
            let told = Language::of(&words(text), Language::German);
            assert_eq!(told, expected, "{text}");
        }
    }
}
