//! A request as words, each with the English word that the rules know it by.

use super::{
    language::{Language, is_han},
    lexicon,
};

/// Letters and words of a request that are looked at; what is behind them is not.
const LETTERS_MAX: usize = 4_000;
const WORDS_MAX: usize = 400;

/// One word, or one quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it was written, without the punctuation around it.
    pub(super) raw: String,
    /// What the rules look at: the English word for it, in lower case.
    pub(super) lower: String,
    /// Whether it stood in quotes.
    pub(super) quoting: Quoting,
    /// The language of the lexicon that knows it.
    pub(super) source: Option<Language>,
    /// What stands before it.
    pub(super) before: Before,
}

/// Whether a word stood in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Bare,
    Quoted,
}

/// What stands between a word and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    Space,
    Comma,
}

/// Cuts a text into words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let end = text
        .char_indices()
        .nth(LETTERS_MAX)
        .map_or(text.len(), |(at, _)| at);
    let mut cut = Cut {
        words: vec![],
        before: Before::Space,
    };
    let mut rest = text.get(..end).unwrap_or(text).trim_start();
    while let Some(first) = rest.chars().next() {
        if cut.words.len() >= WORDS_MAX {
            break;
        }
        rest = cut.next(first, rest).trim_start();
    }
    cut.words.truncate(WORDS_MAX);
    cut.words
}

struct Cut {
    words: Vec<Word>,
    before: Before,
}

impl Cut {
    /// Takes a quotation or a word off a text; what is left of it.
    fn next<'a>(&mut self, first: char, rest: &'a str) -> &'a str {
        let after = rest.get(first.len_utf8()..).unwrap_or("");
        let quoted = closing(first).and_then(|end| after.split_once(end));
        if let Some((inside, behind)) = quoted.filter(|(inside, _)| !inside.trim().is_empty()) {
            let inside = inside.trim();
            self.push(inside, inside.to_lowercase(), Quoting::Quoted, None);
            let bare = behind.trim_start_matches(is_punctuation);
            if behind.starts_with([',', ';', '，', '；', '、']) {
                self.before = Before::Comma;
            }
            return bare;
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || is_wide_punctuation(*c))
            .map_or(rest.len(), |(at, _)| at);
        let (bare, behind) = rest.split_at(end);
        let ends_clause = bare.ends_with([',', ';', '，', '；', '、', '。']);
        let bare = without_punctuation(bare);
        if !bare.is_empty() {
            self.bare(bare);
        }
        if ends_clause {
            self.before = Before::Comma;
        }
        behind
    }

    fn bare(&mut self, bare: &str) {
        if bare.chars().any(is_han) {
            for (raw, pivot) in lexicon::chinese::segments(bare) {
                match pivot {
                    Some(pivot) => self.pivot(&raw, pivot, Language::Chinese),
                    None => self.push(&raw, raw.to_lowercase(), Quoting::Bare, None),
                }
            }
            return;
        }
        let lower = bare.to_lowercase();
        if let Some(pivot) = lexicon::german::pivot(&lower) {
            self.pivot(bare, pivot, Language::German);
        } else if let Some((kind, files)) = lexicon::german::compound(bare) {
            self.push(kind, kind.to_lowercase(), Quoting::Bare, None);
            self.pivot(files, "files", Language::German);
        } else {
            self.push(bare, lower, Quoting::Bare, None);
        }
    }

    /// A word that the lexicon knows; one may stand for several English ones, or for none.
    fn pivot(&mut self, raw: &str, pivot: &str, source: Language) {
        let mut raw = raw;
        for word in pivot.split(' ').filter(|word| !word.is_empty()) {
            self.push(raw, word.to_owned(), Quoting::Bare, Some(source));
            raw = "";
        }
    }

    fn push(&mut self, raw: &str, lower: String, quoting: Quoting, source: Option<Language>) {
        self.words.push(Word {
            raw: raw.to_owned(),
            lower,
            quoting,
            source,
            before: std::mem::replace(&mut self.before, Before::Space),
        });
    }
}

const fn closing(opening: char) -> Option<char> {
    match opening {
        '"' | '\'' | '`' => Some(opening),
        '“' => Some('”'),
        '„' => Some('“'),
        '‘' => Some('’'),
        '«' => Some('»'),
        '「' => Some('」'),
        '《' => Some('》'),
        _ => None,
    }
}

const fn is_wide_punctuation(letter: char) -> bool {
    matches!(
        letter,
        '，' | '。' | '？' | '！' | '：' | '；' | '、' | '「' | '《' | '“' | '（' | '）'
    )
}

fn is_punctuation(letter: char) -> bool {
    matches!(letter, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']') || is_wide_punctuation(letter)
}

fn without_punctuation(word: &str) -> &str {
    let leading =
        |c| matches!(c, '(' | '[' | ',' | ';' | ':' | '"' | '\'') || is_wide_punctuation(c);
    let word = word.trim_start_matches(leading);
    let trailing = |c: char| {
        matches!(c, ')' | ']' | ',' | ';' | ':' | '!' | '?' | '"' | '\'') || is_wide_punctuation(c)
    };
    let bare = word.trim_end_matches(trailing);
    match bare {
        "." | ".." => bare,
        _ => bare.trim_end_matches('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        words(text).into_iter().map(|w| w.raw).collect()
    }

    fn lower(text: &str) -> String {
        let words: Vec<String> = words(text).into_iter().map(|w| w.lower).collect();
        words.join(" ")
    }

    #[test]
    fn quotations_stay_whole_and_punctuation_goes() {
        assert_eq!(
            cut("What's in ./src, please?"),
            ["What's", "in", "./src", "please"]
        );
        assert_eq!(
            cut("find \"two words\" in `a b.rs`."),
            ["find", "two words", "in", "a b.rs"]
        );
        assert_eq!(cut("list .. or ."), ["list", "..", "or", "."]);
        assert_eq!(cut("an \"open quote"), ["an", "open", "quote"]);
        assert_eq!(cut(" *.rs? "), ["*.rs"]);
        assert_eq!(cut("“…” ''"), ["…"]);
        assert_eq!(cut("suche „zwei Worte“!"), ["suche", "zwei Worte"]);
    }

    #[test]
    fn other_languages_are_read_as_english() {
        assert_eq!(
            lower("Zeig mir alle Rust-Dateien in src"),
            "show me all rust files in src"
        );
        assert_eq!(
            lower("读取src/main.rs，然后总结"),
            "read src/main.rs then summarise"
        );
        assert_eq!(lower("最近5次提交"), "last 5 commits");
        assert_eq!(lower("打开说明.md"), "open 说明.md");
    }

    #[test]
    fn only_the_head_of_a_huge_text_is_cut() {
        assert_eq!(words(&"a ".repeat(1_000_000)).len(), WORDS_MAX);
        assert_eq!(words(&"好".repeat(1_000_000)).len(), 1);
        assert_eq!(words(&"?".repeat(1_000_000)), []);
    }
}
