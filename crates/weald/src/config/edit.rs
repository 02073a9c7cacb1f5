//! Changing a `weald.toml` without losing its comments.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::Path,
};

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

/// Sets settings of a file, all or none; the file is replaced in one step.
pub(crate) fn set(path: &Path, changes: &[(String, Option<Value>)]) -> Result<(), EditError> {
    for (key, new) in changes {
        let setting = setting(key).ok_or_else(|| EditError::UnknownKey(key.clone()))?;
        if let Some(new) = new {
            setting
                .kind
                .check(new)
                .map_err(|detail| EditError::BadValue {
                    key: key.clone(),
                    detail,
                })?;
        }
    }
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

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("toml.new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Ok(old) = fs::metadata(&path) {
        fs::set_permissions(&beside, old.permissions())?;
    }
    fs::rename(&beside, &path)
}
