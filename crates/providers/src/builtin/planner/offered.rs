//! Tools of any worker, by what their manifests say: names, keywords, examples, schemas.

mod argument;

use serde_json::{Map, Value};
use weald_domain::tool::{EffectClass, ToolSpec};

use super::{intent::Intent, slot::Slots, word::Word};

pub(super) use argument::{missing, parse};

/// Tools that rules of their own stand for.
const RULED: [&str; 7] = [
    "fs_list",
    "fs_find",
    "fs_read",
    "fs_search",
    "git_status",
    "git_log",
    "git_diff",
];
/// Points of a match: the name, a keyword, all words of an example, one word of an example.
const NAME: usize = 10;
const KEYWORD: usize = 3;
const EXAMPLE: usize = 8;
/// From where on a tool comes before the rules, and from where on it counts at all.
const STRONG: usize = 6;
const WEAK: usize = 3;
/// Words that say nothing about what is wanted.
const EMPTY: [&str; 30] = [
    "a", "an", "the", "is", "are", "was", "what", "which", "how", "do", "does", "me", "my",
    "please", "in", "on", "of", "to", "for", "it", "this", "that", "there", "and", "i", "you",
    "like", "at", "with", "all",
];

/// A tool that is named so clearly that no rule should take the request.
pub(super) fn strong(slots: &Slots<'_>, tools: &[ToolSpec]) -> Option<Intent> {
    let named = |tool: &ToolSpec| slots.words().iter().any(|word| word.raw == tool.name);
    if let Some(tool) = tools.iter().find(|tool| named(tool)) {
        return Some(call(slots, tool));
    }
    let free = |tool: &&ToolSpec| !RULED.contains(&tool.name.as_str());
    match best(slots, tools.iter().filter(free), STRONG).as_slice() {
        [tool] => Some(call(slots, tool)),
        _ => None,
    }
}

/// The tool, or the tools, that a request names by keywords.
pub(super) fn named(slots: &Slots<'_>, tools: &[ToolSpec]) -> Option<Intent> {
    match best(slots, tools.iter(), WEAK).as_slice() {
        [] => None,
        [tool] => Some(call(slots, tool)),
        several => Some(Intent::WhichTool {
            names: several
                .iter()
                .take(8)
                .map(|tool| tool.name.clone())
                .collect(),
        }),
    }
}

/// The tool of a name with what a request says of its arguments.
pub(super) fn chosen(slots: &Slots<'_>, tools: &[ToolSpec], name: &str) -> Option<Intent> {
    let tool = tools.iter().find(|tool| tool.name == name)?;
    Some(call(slots, tool))
}

/// Whether a word stands in the keywords or examples of a tool.
pub(super) fn knows(tools: &[ToolSpec], word: &str) -> bool {
    tools.iter().any(|tool| {
        let is_keyword = |keyword: &String| keyword.eq_ignore_ascii_case(word);
        let mut examples = tool.examples.iter();
        let mut says =
            |word: &str| examples.any(|example| example.description.to_lowercase().contains(word));
        tool.keywords.iter().any(is_keyword) || says(word)
    })
}

fn call(slots: &Slots<'_>, tool: &ToolSpec) -> Intent {
    let example = tool
        .examples
        .iter()
        .find(|example| covers(slots.words(), &example.description, tool.effect));
    let mut args = match example.map(|example| &example.args) {
        Some(Value::Object(args)) => args.clone(),
        Some(_) | None => Map::new(),
    };
    args.extend(argument::named(slots, tool));
    Intent::Tool {
        name: tool.name.clone(),
        args,
    }
}

/// The tools with the most points.
fn best<'a>(
    slots: &Slots<'_>,
    tools: impl Iterator<Item = &'a ToolSpec>,
    least: usize,
) -> Vec<&'a ToolSpec> {
    let mut best = vec![];
    let mut most = least;
    for tool in tools {
        let points = points(slots, tool);
        if points > most {
            best.clear();
            most = points;
        }
        if points == most {
            best.push(tool);
        }
    }
    best
}

fn points(slots: &Slots<'_>, tool: &ToolSpec) -> usize {
    let keywords = tool.keywords.iter().take(64);
    let keywords = keywords
        .filter(|keyword| says(slots.words(), keyword, tool.effect))
        .count();
    let examples = tool.examples.iter().take(32);
    let is_example = examples
        .clone()
        .any(|example| covers(slots.words(), &example.description, tool.effect));
    let name = slots.words().iter().any(|word| word.raw == tool.name);
    KEYWORD * keywords + if is_example { EXAMPLE } else { 0 } + if name { NAME } else { 0 }
}

/// Whether a request says a keyword: as a word, as words in a row, or somewhere in Chinese.
fn says(words: &[Word], keyword: &str, effect: EffectClass) -> bool {
    let keyword = keyword.to_lowercase();
    let said = |word: &Word| {
        word.raw.to_lowercase() == keyword || (may_guess(effect) && word.lower == keyword)
    };
    if words.iter().any(said) {
        return true;
    }
    let is_whole = keyword.contains(' ') || super::language::is_chinese(&keyword);
    is_whole && {
        let apart = if keyword.contains(' ') { " " } else { "" };
        let text: Vec<String> = words.iter().map(|word| word.raw.to_lowercase()).collect();
        text.join(apart).contains(&keyword)
    }
}

/// Whether a word that was mended or translated is as good as the one that was said: what cannot be
/// taken back is never called because of a guess.
const fn may_guess(effect: EffectClass) -> bool {
    match effect {
        EffectClass::Pure | EffectClass::Idempotent => true,
        EffectClass::Probe | EffectClass::Once => false,
    }
}

/// Whether a request has all words of an example that say something.
fn covers(words: &[Word], example: &str, effect: EffectClass) -> bool {
    let is = |said: &Word, wanted: &Word| {
        if may_guess(effect) {
            said.lower == wanted.lower
        } else {
            said.raw.to_lowercase() == wanted.raw.to_lowercase()
        }
    };
    let mut told = 0;
    let all = super::word::words(example).into_iter().all(|wanted| {
        let is_empty = EMPTY.contains(&wanted.lower.as_str());
        told += usize::from(!is_empty);
        is_empty || words.iter().any(|word| is(word, &wanted))
    });
    all && told >= 2
}
