//! A request as words, with what stands in quotes kept whole.

/// One word, or one quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it was written, without the punctuation around it.
    pub(super) raw: String,
    /// In lower case.
    pub(super) lower: String,
    /// Whether it stood in quotes.
    pub(super) quoting: Quoting,
}

/// Whether a word stood in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Bare,
    Quoted,
}

/// Cuts a text into words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = vec![];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or("");
        let quoted = closing(first).and_then(|end| after.split_once(end));
        if let Some((inside, behind)) = quoted.filter(|(inside, _)| !inside.trim().is_empty()) {
            words.push(word(inside.trim(), Quoting::Quoted));
            rest = behind.trim_start_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (bare, behind) = rest.split_at(end);
            let bare = without_punctuation(bare);
            if !bare.is_empty() {
                words.push(word(bare, Quoting::Bare));
            }
            rest = behind;
        }
        rest = rest.trim_start();
    }
    words
}

const fn closing(opening: char) -> Option<char> {
    match opening {
        '"' | '\'' | '`' => Some(opening),
        '“' => Some('”'),
        '‘' => Some('’'),
        '«' => Some('»'),
        _ => None,
    }
}

fn without_punctuation(word: &str) -> &str {
    let word = word.trim_start_matches(['(', '[', ',', ';', ':', '"', '\'']);
    let bare = word.trim_end_matches([')', ']', ',', ';', ':', '!', '?', '"', '\'']);
    match bare {
        "." | ".." => bare,
        _ => bare.trim_end_matches('.'),
    }
}

fn word(raw: &str, quoting: Quoting) -> Word {
    Word {
        raw: raw.to_owned(),
        lower: raw.to_lowercase(),
        quoting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_stay_whole_and_punctuation_goes() {
        let cut = |text| -> Vec<String> { words(text).into_iter().map(|w| w.raw).collect() };
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
    }
}
