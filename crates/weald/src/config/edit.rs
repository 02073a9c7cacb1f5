//! Changing a `weald.toml` without losing its comments.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::Path,
};

use rustix::fs::{FlockOperation, flock};
use serde_json::Value;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::setting;

/// A file was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditError {
    /// No setting has that key.
    #[error("there is no setting `{0}`")]
    UnknownKey(String),
    /// The value does not fit.
    #[error("{key}: {detail}")]
    BadValue {
        /// Which setting.
        key: String,
        /// Why it does not fit.
        detail: String,
    },
    /// The file is not TOML, so it is left alone.
    #[error("the file is not TOML: {0}")]
    NotToml(String),
    /// The file cannot be read or written.
    #[error("the file cannot be written")]
    Unwritable(#[from] io::Error),
}

/// Whether a setting may hold a value.
pub(crate) fn check(key: &str, value: &Value) -> Result<(), EditError> {
    let setting = setting(key).ok_or_else(|| EditError::UnknownKey(key.to_owned()))?;
    setting
        .kind
        .check(value)
        .map_err(|detail| EditError::BadValue {
            key: key.to_owned(),
            detail,
        })
}

/// Sets settings of a file, all or none; the file is replaced in one step. Blocks while another
/// edit of it is under way.
pub(crate) fn set(path: &Path, changes: &[(String, Option<Value>)]) -> Result<(), EditError> {
    for (key, new) in changes {
        match new {
            Some(new) => check(key, new)?,
            None if setting(key).is_none() => return Err(EditError::UnknownKey(key.clone())),
            None => {}
        }
    }
    // A link stays a link: what it leads to is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let _alone = alone(path)?;
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error.into()),
    };
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| EditError::NotToml(error.to_string()))?;
    for (key, new) in changes {
        let names: Vec<&str> = key.split('.').collect();
        change(document.as_table_mut(), &names, new.as_ref());
    }
    replace(path, &document.to_string())?;
    Ok(())
}

/// Removes one setting of a file, so that a weaker layer shows.
pub(crate) fn unset(path: &Path, key: &str) -> Result<(), EditError> {
    set(path, &[(key.to_owned(), None)])
}

fn change(table: &mut dyn toml_edit::TableLike, names: &[&str], new: Option<&Value>) {
    let Some((first, rest)) = names.split_first() else {
        return;
    };
    if rest.is_empty() {
        match new.and_then(to_toml) {
            Some(item) => put(table, first, item),
            None => {
                table.remove(first);
            }
        }
        return;
    }
    if table.get(first).is_none() {
        if new.is_none() {
            return;
        }
        let mut section = Table::new();
        section.set_implicit(rest.len() > 1);
        table.insert(first, Item::Table(section));
    }
    if let Some(inner) = table.get_mut(first).and_then(Item::as_table_like_mut) {
        change(inner, rest, new);
    }
}

/// Replaces a value and keeps what stands around it, such as a comment at the end of its line.
fn put(table: &mut dyn toml_edit::TableLike, name: &str, mut item: Item) {
    if let (Some(old), Some(new)) = (
        table.get(name).and_then(Item::as_value),
        item.as_value_mut(),
    ) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(name, item);
}

fn to_toml(new: &Value) -> Option<Item> {
    match new {
        Value::String(text) => Some(value(text.as_str())),
        Value::Number(number) => number.as_i64().map(value),
        Value::Bool(flag) => Some(value(*flag)),
        Value::Array(items) => {
            let texts = items.iter().filter_map(Value::as_str);
            Some(value(texts.collect::<Array>()))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// The folder of a file, locked: two edits at once would each keep only its own change. The lock
/// ends with the handle.
fn alone(path: &Path) -> io::Result<Option<fs::File>> {
    let Some(folder) = path.parent() else {
        return Ok(None);
    };
    fs::create_dir_all(folder)?;
    let folder = fs::File::open(folder)?;
    match flock(&folder, FlockOperation::LockExclusive) {
        Ok(()) => Ok(Some(folder)),
        Err(error) => {
            // Some network file systems lock no folders.
            tracing::debug!(%error, "the folder of the config file cannot be locked");
            Ok(None)
        }
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("toml.{}.new", std::process::id()));
    let replaced = write_beside(&beside, path, text).and_then(|()| fs::rename(&beside, path));
    if replaced.is_err() {
        let _ = fs::remove_file(&beside);
    }
    replaced
}

fn write_beside(beside: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    match fs::metadata(path) {
        Ok(old) => fs::set_permissions(beside, old.permissions()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn edits_at_the_same_time_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/weald.toml");
        let edits = [
            ("app.theme", json!("dark")),
            ("log.level", json!("info")),
            ("server.port", json!(1)),
            ("stream.checkpoint_s", json!(7)),
        ];
        for _ in 0..20 {
            std::thread::scope(|threads| {
                for (key, value) in &edits {
                    let change = [((*key).to_owned(), Some(value.clone()))];
                    let path = &path;
                    threads.spawn(move || set(path, &change).expect("edits"));
                }
            });
            let text = fs::read_to_string(&path).expect("reads");
            assert_eq!(
                text.lines().filter(|line| line.contains('=')).count(),
                4,
                "{text}"
            );
            fs::remove_file(&path).expect("removes");
        }
        let left = fs::read_dir(folder.path().join("deep"))
            .expect("reads")
            .count();
        assert_eq!(left, 0, "nothing is left beside it");
    }
}
