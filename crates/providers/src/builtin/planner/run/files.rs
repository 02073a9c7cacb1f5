//! Answers about files.

use std::path::Path;

use serde_json::Value;

use super::{
    super::{
        intent::Intent,
        language::Language,
        markdown::{block, bytes, code, table},
        unit::Unit,
    },
    Found,
};

/// Rows and lines that an answer shows at most.
const ROWS_MAX: usize = 200;
const LARGEST: usize = 10;

struct Entry {
    name: String,
    kind: String,
    size: Option<u64>,
    modified: String,
}

fn entries(result: &Value) -> Option<Vec<Entry>> {
    let text = |entry: &Value, member: &str| {
        let text = entry.get(member).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let entries = result.get("entries")?.as_array()?;
    let entry = |entry: &Value| Entry {
        name: text(entry, "name"),
        kind: text(entry, "kind"),
        size: entry.get("size").and_then(Value::as_u64),
        modified: text(entry, "modified"),
    };
    Some(entries.iter().map(entry).collect())
}

impl Entry {
    fn is_folder(&self) -> bool {
        matches!(self.kind.as_str(), "directory" | "folder" | "dir")
    }

    fn row(&self, language: Language) -> Vec<String> {
        let size = self.size.filter(|_| !self.is_folder());
        let name = if self.is_folder() {
            format!("{}/", self.name)
        } else {
            self.name.clone()
        };
        let modified: String = self.modified.chars().take(16).collect();
        vec![
            code(&name),
            kind(&self.kind, language),
            size.map(bytes).unwrap_or_default(),
            modified.replace('T', " "),
        ]
    }
}

fn kind(kind: &str, language: Language) -> String {
    let told = match kind {
        "directory" => language.pick("directory", "Ordner", "文件夹"),
        "file" => language.pick("file", "Datei", "文件"),
        other => other,
    };
    told.to_owned()
}

pub(super) fn listing(result: &Value, language: Language) -> Option<String> {
    let mut entries = entries(result)?;
    if entries.is_empty() {
        let empty = language.pick(
            "The folder is empty.",
            "Der Ordner ist leer.",
            "文件夹是空的。",
        );
        return Some(format!("{empty}\n"));
    }
    entries.sort_by_key(|entry| (!entry.is_folder(), entry.name.to_lowercase()));
    let folders = entries.iter().filter(|entry| entry.is_folder()).count();
    let files = entries.len() - folders;
    let shown = entries.iter().take(ROWS_MAX);
    let rows: Vec<Vec<String>> = shown.map(|entry| entry.row(language)).collect();
    let head = language.pick(
        ["Name", "Kind", "Size", "Modified"],
        ["Name", "Art", "Größe", "Geändert"],
        ["名称", "类型", "大小", "修改时间"],
    );
    let mut out = format!(
        "{} {} {}:\n\n{}",
        language.counted(folders, Unit::Folder),
        language.pick("and", "und", "和"),
        language.counted(files, Unit::File),
        table(&head, &rows)
    );
    push_rest(&mut out, entries.len(), result, language);
    Some(out)
}

pub(super) fn largest(path: &str, result: &Value, language: Language) -> Option<String> {
    let files = by_size(result)?;
    let place = language.within(path);
    if files.is_empty() {
        return Some(match language {
            Language::English => format!("There is no file directly {place}.\n"),
            Language::German => format!("Direkt {place} liegt keine Datei.\n"),
            Language::Chinese => format!("{place}没有文件。\n"),
        });
    }
    let rows: Vec<Vec<String>> = files
        .iter()
        .take(LARGEST)
        .map(|file| vec![code(&file.name), bytes(file.size.unwrap_or(0))])
        .collect();
    let lead = match language {
        Language::English => {
            format!("The largest files directly {place} (folders below are not counted)")
        }
        Language::German => {
            format!("Die größten Dateien direkt {place} (Unterordner zählen nicht mit)")
        }
        Language::Chinese => format!("{place}最大的文件（不含子文件夹）"),
    };
    let head = language.pick(["Name", "Size"], ["Name", "Größe"], ["名称", "大小"]);
    Some(format!("{lead}:\n\n{}", table(&head, &rows)))
}

fn by_size(result: &Value) -> Option<Vec<Entry>> {
    let mut files = entries(result)?;
    files.retain(|entry| !entry.is_folder() && entry.size.is_some());
    files.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    Some(files)
}

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
        let next = first + shown;
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
    let last = (first + shown).saturating_sub(1);
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

fn push_rest(out: &mut String, all: usize, result: &Value, language: Language) {
    out.push_str(&language.rest(all, ROWS_MAX, is_truncated(result)));
}
