//! A summary of a text: sentences that stand in it, chosen by the words they share with the rest.
//!
//! Nothing is invented: every sentence is one of the text, in its order.

mod outline;

use std::collections::BTreeMap;

use super::language::is_han;

pub(super) use outline::{declarations, headings, is_code};

/// Sentences of a summary, and letters of one of them.
const SENTENCES: usize = 3;
const SENTENCE_MAX: usize = 320;
/// Sentences and letters that are looked at.
const LOOKED_AT: usize = 600;
const LETTERS_MAX: usize = 200_000;
/// Words that stand in every text.
const EVERYDAY: [&str; 72] = [
    "the", "and", "for", "are", "that", "this", "with", "not", "but", "from", "have", "has", "was",
    "you", "your", "can", "its", "all", "any", "may", "will", "than", "then", "them", "they",
    "into", "when", "which", "what", "who", "how", "one", "only", "also", "there", "their", "been",
    "such", "der", "die", "das", "und", "ist", "sind", "den", "dem", "des", "ein", "eine", "einen",
    "einer", "mit", "für", "auf", "von", "aus", "nicht", "sich", "auch", "als", "wie", "bei",
    "oder", "wird", "werden", "zum", "zur", "nach", "dass", "kann", "nur", "noch",
];

/// The sentences that say most of a text, in its order.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let sentences = split(text);
    let words: Vec<Vec<String>> = sentences.iter().map(|sentence| telling(sentence)).collect();
    let mut weights: BTreeMap<&str, u64> = BTreeMap::new();
    for word in words.iter().flatten() {
        *weights.entry(word).or_default() += 1;
    }
    let mut ranked: Vec<(u64, usize)> = words
        .iter()
        .enumerate()
        .filter(|(_, words)| words.len() >= 3)
        .map(|(at, words)| {
            let sum: u64 = words
                .iter()
                .filter_map(|word| weights.get(word.as_str()))
                .sum();
            // Long sentences have more words, not more to say; the first ones of a text tell what
            // it is about.
            let length = words.len().max(8) as u64;
            let lead = if at == 0 { 3 } else { u64::from(at < 3) };
            (sum * 1_000 / length * (4 + lead) / 4, at)
        })
        .collect();
    ranked.sort_by_key(|(points, at)| (std::cmp::Reverse(*points), *at));
    ranked.truncate(SENTENCES);
    ranked.sort_by_key(|(_, at)| *at);
    let chosen = ranked.into_iter().filter_map(|(_, at)| sentences.get(at));
    chosen.map(|sentence| shortened(sentence)).collect()
}

fn shortened(sentence: &str) -> String {
    let mut short: String = sentence.chars().take(SENTENCE_MAX).collect();
    if short.len() < sentence.len() {
        short.push('…');
    }
    short
}

/// The sentences of the running text: no code, no tables, no headings.
fn split(text: &str) -> Vec<String> {
    let mut sentences: Vec<String> = vec![];
    let mut open = String::new();
    let mut is_code = false;
    let end = text.char_indices().nth(LETTERS_MAX);
    let head = end.and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    for line in head.lines() {
        let line = line.trim();
        if sentences.len() >= LOOKED_AT {
            break;
        }
        if line.starts_with("```") || line.starts_with("~~~") {
            is_code = !is_code;
            close(&mut open, &mut sentences);
            continue;
        }
        let is_other =
            is_code || line.is_empty() || line.starts_with(['#', '|', '<', '=', '!', '[']);
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if is_other || item.is_some() || line.starts_with("---") {
            close(&mut open, &mut sentences);
        }
        if !is_other {
            take(item.unwrap_or(line), &mut open, &mut sentences);
        }
    }
    close(&mut open, &mut sentences);
    sentences
}

/// Adds a line to the open sentence, and closes it at each end of one.
fn take(line: &str, open: &mut String, sentences: &mut Vec<String>) {
    if !open.is_empty() && !open.ends_with(is_han) {
        open.push(' ');
    }
    let mut rest = line.chars().peekable();
    while let Some(letter) = rest.next() {
        open.push(letter);
        let is_wide = matches!(letter, '。' | '！' | '？');
        let is_end = matches!(letter, '.' | '!' | '?')
            && rest.peek().is_none_or(|next| next.is_whitespace())
            && open.chars().count() > 12;
        if is_wide || is_end {
            close(open, sentences);
        }
    }
}

fn close(open: &mut String, sentences: &mut Vec<String>) {
    let sentence = std::mem::take(open);
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        sentences.push(sentence.to_owned());
    }
}

/// The words of a sentence that say something; of Chinese, neighbouring letters.
fn telling(sentence: &str) -> Vec<String> {
    let mut words = vec![];
    for word in sentence.split(|c: char| !c.is_alphanumeric()) {
        if word.chars().any(is_han) {
            let letters: Vec<char> = word.chars().collect();
            words.extend(
                letters
                    .windows(2)
                    .map(|pair| pair.iter().collect::<String>()),
            );
        } else if word.chars().count() > 2 {
            let lower = word.to_lowercase();
            let is_telling = !EVERYDAY.contains(&lower.as_str());
            words.extend(is_telling.then_some(lower));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Weald\n\nWeald is a home for agents in one binary. It keeps a journal of \
        every run.\nThe journal loses nothing.\n\n```\nlet journal = journal();\n```\n\nThe weather \
        is nice today in some places. Agents ask before they act, and the journal of the agents \
        says so.\n\n| a | b |\n|---|---|\n";

    #[test]
    fn the_sentences_are_those_of_the_text_in_its_order() {
        let told = sentences(TEXT);
        assert_eq!(
            told,
            [
                "Weald is a home for agents in one binary.",
                "It keeps a journal of every run.",
                "Agents ask before they act, and the journal of the agents says so."
            ]
        );
        assert_eq!(told, sentences(TEXT));
    }

    #[test]
    fn chinese_is_cut_at_its_own_full_stops() {
        let told = sentences("日志记录每一次运行。天气很好。日志不会丢失任何运行记录。");
        assert!(
            told.contains(&"日志记录每一次运行。".to_owned()),
            "{told:?}"
        );
    }

    #[test]
    fn what_has_no_sentence_has_no_summary() {
        for text in [
            "",
            "…",
            "| a |\n",
            "```\nx y z a b c\n",
            &"🦊".repeat(100_000),
        ] {
            assert_eq!(sentences(text), Vec::<String>::new());
        }
        assert_eq!(
            sentences(&"word other third. ".repeat(100_000)).len(),
            SENTENCES
        );
    }
}
