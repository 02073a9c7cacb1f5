//! Answers about files.

use std::path::Path;

use serde_json::Value;

use super::{
    super::{
        intent::Intent,
        language::Language,
        markdown::{block, code},
        unit::Unit,
    },
    Found,
    folder::{Entry, LARGEST, by_size},
};

/// Rows and lines that an answer shows at most.
pub(super) const ROWS_MAX: usize = 200;

/// What a step found, for the next one.
pub(super) fn found_by(step: &Intent, result: &Value, language: Language) -> Found {
    let owned = |paths: Vec<&str>| {
        paths
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    let mut paths = owned(texts(result, "paths").unwrap_or_default());
    let mut count = language.counted(paths.len(), Unit::File);
    if let Intent::Largest { path } = step {
        let files = by_size(result).unwrap_or_default();
        let folder = if path == "." {
            ""
        } else {
            path.trim_end_matches('/')
        };
        let whole = |file: &Entry| match folder {
            "" => file.name.clone(),
            folder => format!("{folder}/{}", file.name),
        };
        paths = files.iter().take(LARGEST).map(whole).collect();
        count = language.counted(files.len(), Unit::File);
    } else if let Some(hits) = result.get("hits").and_then(Value::as_array) {
        for path in hits.iter().filter_map(|hit| hit.get("path")?.as_str()) {
            if paths.last().is_none_or(|last| last != path) {
                paths.push(path.to_owned());
            }
        }
        paths.sort_unstable();
        paths.dedup();
        count = language.counted(hits.len(), Unit::Line);
    }
    Found {
        paths,
        counted: language.at_least(count, is_truncated(result)),
    }
}

pub(super) fn found(result: &Value, language: Language) -> Option<String> {
    let paths = texts(result, "paths")?;
    if paths.is_empty() {
        let none = language.pick("No file matches.", "Keine Datei passt.", "没有匹配的文件。");
        return Some(format!("{none}\n"));
    }
    let mut out = format!("{}:\n\n", total(paths.len(), result, language));
    for path in paths.iter().take(ROWS_MAX) {
        out.push_str(&format!("- {}\n", code(path)));
    }
    push_rest(&mut out, paths.len(), result, language);
    Some(out)
}

pub(super) fn count(path: &str, glob: &str, result: &Value, language: Language) -> Option<String> {
    let count = texts(result, "paths")?.len();
    let total = total(count, result, language);
    let place = language.within(path);
    let pattern = (glob != "*").then(|| code(glob));
    Some(match language {
        Language::English => {
            let (are, matches) = if count == 1 {
                ("is", "matches")
            } else {
                ("are", "match")
            };
            let which = pattern.map_or_else(String::new, |glob| format!(" that {matches} {glob}"));
            format!("There {are} {total}{which} {place}.\n")
        }
        Language::German => {
            let which = pattern.map_or_else(String::new, |glob| format!(", passend zu {glob}"));
            format!("Es gibt {total} {place}{which}.\n")
        }
        Language::Chinese => {
            let which = pattern.map_or_else(String::new, |glob| format!("匹配 {glob} 的"));
            format!(
                "{place}有 {total}{}。\n",
                if which.is_empty() {
                    which
                } else {
                    format!("（{which}）")
                }
            )
        }
    })
}

fn total(count: usize, result: &Value, language: Language) -> String {
    language.at_least(language.counted(count, Unit::File), is_truncated(result))
}

pub(super) fn content(result: &Value, language: Language) -> Option<String> {
    let path = result.get("path")?.as_str()?;
    let text = result.get("text")?.as_str()?;
    let number = |member: &str| result.get(member).and_then(Value::as_u64);
    let first = number("offset").unwrap_or(1).max(1);
    let shown = text.lines().count() as u64;
    let which = which_lines(first, shown, number("total_lines"), language);
    let ending = Path::new(path)
        .extension()
        .and_then(|ending| ending.to_str());
    let highlight: String = ending
        .unwrap_or("")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut out = format!("{} ({which}):\n\n{}", code(path), block(&highlight, text));
    if is_truncated(result) {
        let next = first.saturating_add(shown);
        out.push_str(&match language {
            Language::English => {
                format!("\nIt goes on; ask for the lines from {next}, or say `more`.\n")
            }
            Language::German => {
                format!("\nEs geht weiter; frag nach den Zeilen ab {next} oder sag `weiter`.\n")
            }
            Language::Chinese => {
                format!("\n后面还有；可以查看第 {next} 行以后的内容，或者说“继续”。\n")
            }
        });
    }
    Some(out)
}

fn which_lines(first: u64, shown: u64, all: Option<u64>, language: Language) -> String {
    let last = first.saturating_add(shown).saturating_sub(1);
    match (shown, all, language) {
        (0, _, _) => language
            .pick(
                "there is no such line",
                "diese Zeile gibt es nicht",
                "没有这一行",
            )
            .to_owned(),
        (_, Some(all), _) if first == 1 && shown >= all => {
            language.counted(usize::try_from(all).unwrap_or(usize::MAX), Unit::Line)
        }
        (_, None, Language::English) => format!("lines {first} to {last}"),
        (_, None, Language::German) => format!("Zeilen {first} bis {last}"),
        (_, None, Language::Chinese) => format!("第 {first} 到 {last} 行"),
        (_, Some(all), Language::English) => format!("lines {first} to {last} of {all}"),
        (_, Some(all), Language::German) => format!("Zeilen {first} bis {last} von {all}"),
        (_, Some(all), Language::Chinese) => format!("第 {first} 到 {last} 行，共 {all} 行"),
    }
}

pub(super) fn hits(result: &Value, language: Language) -> Option<String> {
    let hits = result.get("hits")?.as_array()?;
    if hits.is_empty() {
        let none = language.pick("Nothing was found.", "Nichts gefunden.", "什么也没找到。");
        return Some(format!("{none}\n"));
    }
    let mut files: Vec<(&str, Vec<String>)> = vec![];
    for hit in hits.iter().take(ROWS_MAX) {
        let path = hit.get("path")?.as_str()?;
        let line = hit.get("line").and_then(Value::as_u64).unwrap_or(0);
        let text = hit.get("text").and_then(Value::as_str).unwrap_or("");
        let row = format!("- {line}: {}\n", code(text.trim()));
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, rows)) => rows.push(row),
            None => files.push((path, vec![row])),
        }
    }
    let lines = language.counted(hits.len(), Unit::Line);
    let mut out = format!(
        "{} {} {}:\n",
        language.at_least(lines, is_truncated(result)),
        language.pick("in", "in", "，位于"),
        language.counted(files.len(), Unit::File)
    );
    for (path, rows) in files {
        out.push_str(&format!("\n**{}**\n\n{}", code(path), rows.concat()));
    }
    push_rest(&mut out, hits.len(), result, language);
    Some(out)
}

pub(super) fn texts<'a>(result: &'a Value, member: &str) -> Option<Vec<&'a str>> {
    result
        .get(member)?
        .as_array()?
        .iter()
        .map(Value::as_str)
        .collect()
}

fn is_truncated(result: &Value) -> bool {
    result.get("truncated").and_then(Value::as_bool) == Some(true)
}

pub(super) fn push_rest(out: &mut String, all: usize, result: &Value, language: Language) {
    out.push_str(&language.rest(all, ROWS_MAX, is_truncated(result)));
}
