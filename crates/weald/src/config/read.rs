//! Reading a `weald.toml`: its known settings, and a warning for everything else.

use std::{io::ErrorKind, path::Path};

use serde_json::Value;
use weald_api::config::ConfigSource;

use super::{ConfigError, Layer, SETTINGS, nearest, setting};

/// Reads a file as a layer; a missing file says nothing.
pub(super) fn file(
    path: &Path,
    source: ConfigSource,
    warnings: &mut Vec<String>,
) -> Result<Layer, ConfigError> {
    let origin = path.display().to_string();
    let mut layer = Layer::empty(source, Some(origin.clone()));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(layer),
        Err(error) => {
            return Err(ConfigError::Unreadable {
                path: path.to_path_buf(),
                source: error,
            });
        }
    };
    let table: toml::Table = toml::from_str(&text).map_err(|error| ConfigError::NotToml {
        path: path.to_path_buf(),
        detail: error.to_string().trim().to_owned(),
    })?;
    let value = serde_json::to_value(table).unwrap_or(Value::Null);
    let mut found = Vec::new();
    flatten("", value, &mut found);
    for (key, value) in found {
        match setting(&key) {
            Some(setting) => {
                setting
                    .kind
                    .check(&value)
                    .map_err(|detail| ConfigError::BadValue {
                        key: key.clone(),
                        origin: origin.clone(),
                        detail,
                    })?;
                layer.values.insert(setting.key, value);
            }
            None => warnings.push(unknown(&key, &origin)),
        }
    }
    Ok(layer)
}

/// The warning for a key that is no setting.
pub(super) fn unknown(key: &str, origin: &str) -> String {
    let hint = nearest(key).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("{origin}: there is no setting `{key}`, it is passed over{hint}")
}

/// Tables become dotted keys, down to the settings; a table where none leads on is a leaf.
fn flatten(prefix: &str, value: Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) if prefix.is_empty() || leads_on(prefix) => {
            for (name, value) in members {
                let key = if prefix.is_empty() {
                    name
                } else {
                    format!("{prefix}.{name}")
                };
                flatten(&key, value, found);
            }
        }
        leaf @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_)) => found.push((prefix.to_owned(), leaf)),
    }
}

fn leads_on(prefix: &str) -> bool {
    let inside = |key: &str| {
        key.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    SETTINGS.iter().any(|setting| inside(setting.key))
}
