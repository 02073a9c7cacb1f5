//! Answers about files.

use std::path::Path;

use serde_json::Value;

use super::super::{
    markdown::{block, bytes, code, counted, table},
    plan::place,
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

    fn row(&self) -> Vec<String> {
        let size = self.size.filter(|_| !self.is_folder());
        let name = if self.is_folder() {
            format!("{}/", self.name)
        } else {
            self.name.clone()
        };
        let modified: String = self.modified.chars().take(16).collect();
        vec![
            code(&name),
            self.kind.clone(),
            size.map(bytes).unwrap_or_default(),
            modified.replace('T', " "),
        ]
    }
}

pub(super) fn listing(result: &Value) -> Option<String> {
    let mut entries = entries(result)?;
    if entries.is_empty() {
        return Some("The folder is empty.\n".to_owned());
    }
    entries.sort_by_key(|entry| (!entry.is_folder(), entry.name.to_lowercase()));
    let folders = entries.iter().filter(|entry| entry.is_folder()).count();
    let files = entries.len() - folders;
    let rows: Vec<Vec<String>> = entries.iter().take(ROWS_MAX).map(Entry::row).collect();
    let mut out = format!(
        "{} and {}:\n\n{}",
        counted(folders, "folder", "folders"),
        counted(files, "file", "files"),
        table(&["Name", "Kind", "Size", "Modified"], &rows)
    );
    push_rest(&mut out, entries.len(), result);
    Some(out)
}

pub(super) fn largest(path: &str, result: &Value) -> Option<String> {
    let mut files = entries(result)?;
    files.retain(|entry| !entry.is_folder() && entry.size.is_some());
    if files.is_empty() {
        return Some(format!("There is no file directly in {}.\n", place(path)));
    }
    files.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    let rows: Vec<Vec<String>> = files
        .iter()
        .take(LARGEST)
        .map(|file| vec![code(&file.name), bytes(file.size.unwrap_or(0))])
        .collect();
    Some(format!(
        "The largest files directly in {} (folders below are not counted):\n\n{}",
        place(path),
        table(&["Name", "Size"], &rows)
    ))
}

pub(super) fn found(result: &Value) -> Option<String> {
    let paths = texts(result, "paths")?;
    if paths.is_empty() {
        return Some("No file matches.\n".to_owned());
    }
    let mut out = format!("{}:\n\n", total(paths.len(), result));
    for path in paths.iter().take(ROWS_MAX) {
        out.push_str(&format!("- {}\n", code(path)));
    }
    push_rest(&mut out, paths.len(), result);
    Some(out)
}

pub(super) fn count(path: &str, glob: &str, result: &Value) -> Option<String> {
    let paths = texts(result, "paths")?;
    let (are, matches) = match paths.len() {
        1 => ("is", "matches"),
        _ => ("are", "match"),
    };
    let what = if glob == "*" {
        String::new()
    } else {
        format!(" that {matches} {}", code(glob))
    };
    let count = total(paths.len(), result);
    Some(format!("There {are} {count}{what} in {}.\n", place(path)))
}

fn total(count: usize, result: &Value) -> String {
    let counted = counted(count, "file", "files");
    if is_truncated(result) {
        format!("at least {counted}")
    } else {
        counted
    }
}

pub(super) fn line_count(result: &Value) -> Option<String> {
    let path = result.get("path")?.as_str()?;
    let lines = usize::try_from(result.get("total_lines")?.as_u64()?).ok()?;
    Some(format!(
        "{} has {}.\n",
        code(path),
        counted(lines, "line", "lines")
    ))
}

pub(super) fn content(result: &Value) -> Option<String> {
    let path = result.get("path")?.as_str()?;
    let text = result.get("text")?.as_str()?;
    let number = |member: &str| result.get(member).and_then(Value::as_u64);
    let first = number("offset").unwrap_or(1).max(1);
    let shown = text.lines().count() as u64;
    let which = match (shown, number("total_lines")) {
        (0, _) => "there is no such line".to_owned(),
        (_, None) => format!("lines {first} to {}", first + shown - 1),
        (_, Some(all)) if first == 1 && shown >= all => {
            counted(usize::try_from(all).unwrap_or(usize::MAX), "line", "lines")
        }
        (_, Some(all)) => format!("lines {first} to {} of {all}", first + shown - 1),
    };
    let ending = Path::new(path)
        .extension()
        .and_then(|ending| ending.to_str());
    let language: String = ending
        .unwrap_or("")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut out = format!("{} ({which}):\n\n{}", code(path), block(&language, text));
    if is_truncated(result) {
        let next = first + shown;
        out.push_str(&format!(
            "\nIt goes on; ask for the lines from {next} to see more.\n"
        ));
    }
    Some(out)
}

pub(super) fn hits(result: &Value) -> Option<String> {
    let hits = result.get("hits")?.as_array()?;
    if hits.is_empty() {
        return Some("Nothing was found.\n".to_owned());
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
    let more = if is_truncated(result) {
        "at least "
    } else {
        ""
    };
    let mut out = format!(
        "{more}{} in {}:\n",
        counted(hits.len(), "line", "lines"),
        counted(files.len(), "file", "files")
    );
    for (path, rows) in files {
        out.push_str(&format!("\n**{}**\n\n{}", code(path), rows.concat()));
    }
    push_rest(&mut out, hits.len(), result);
    Some(out)
}

fn texts<'a>(result: &'a Value, member: &str) -> Option<Vec<&'a str>> {
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

fn push_rest(out: &mut String, all: usize, result: &Value) {
    if let Some(rest) = all.checked_sub(ROWS_MAX).filter(|rest| *rest > 0) {
        out.push_str(&format!("\n… and {rest} more.\n"));
    } else if is_truncated(result) {
        out.push_str("\nThere is more; the list was cut.\n");
    }
}
