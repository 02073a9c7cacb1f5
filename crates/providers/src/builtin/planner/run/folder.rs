//! Answers about a folder: its entries, and the largest of its files.

use serde_json::Value;

use super::{
    super::{
        language::Language,
        markdown::{bytes, code, table},
        unit::Unit,
    },
    files::{ROWS_MAX, push_rest},
};

/// Files that are named as the largest.
pub(super) const LARGEST: usize = 10;

pub(super) struct Entry {
    pub(super) name: String,
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

pub(super) fn by_size(result: &Value) -> Option<Vec<Entry>> {
    let mut files = entries(result)?;
    files.retain(|entry| !entry.is_folder() && entry.size.is_some());
    files.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    Some(files)
}
