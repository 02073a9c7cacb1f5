//! Layers of settings, strongest first, and who wins.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use weald_api::config::{ConfigEntry, ConfigSource};

use super::{Config, ConfigError, SETTINGS, Setting, setting};

/// What one source says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    /// Which source.
    pub(crate) source: ConfigSource,
    /// The file, where there is one.
    pub(crate) origin: Option<String>,
    /// Its settings by key.
    pub(crate) values: BTreeMap<&'static str, Value>,
}

impl Layer {
    /// A layer that says nothing yet.
    pub(crate) const fn empty(source: ConfigSource, origin: Option<String>) -> Self {
        Self {
            source,
            origin,
            values: BTreeMap::new(),
        }
    }

    fn entry(&self, setting: &Setting) -> Option<ConfigEntry> {
        let value = self.values.get(setting.key)?.clone();
        let origin = match self.source {
            ConfigSource::Environment => Some(setting.variable()),
            ConfigSource::Flag
            | ConfigSource::CommandLine
            | ConfigSource::User
            | ConfigSource::ProjectFile
            | ConfigSource::UserFile
            | ConfigSource::SystemFile
            | ConfigSource::Default => self.origin.clone(),
        };
        Some(ConfigEntry {
            key: setting.key.to_owned(),
            value,
            source: self.source,
            origin,
            takes_effect: setting.takes_effect,
        })
    }
}

/// All layers, strongest first; the last holds the defaults.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layered(pub(crate) Vec<Layer>);

impl Layered {
    /// What every layer says of a key, strongest first; `None` when there is no such setting.
    pub(crate) fn explain(&self, key: &str) -> Option<Vec<ConfigEntry>> {
        let setting = setting(key)?;
        let said: Vec<_> = self
            .0
            .iter()
            .filter_map(|layer| layer.entry(setting))
            .collect();
        Some(if said.is_empty() {
            vec![unset(setting)]
        } else {
            said
        })
    }

    /// Every setting with the layer that won.
    pub(crate) fn entries(&self) -> Vec<ConfigEntry> {
        let winner = |setting| self.0.iter().find_map(|layer| layer.entry(setting));
        SETTINGS
            .iter()
            .map(|setting| winner(setting).unwrap_or_else(|| unset(setting)))
            .collect()
    }

    /// The settings in force, typed.
    pub(crate) fn typed(&self) -> Result<Config, ConfigError> {
        let mut all = Map::new();
        for entry in self.entries() {
            place(&mut all, &entry.key, entry.value);
        }
        serde_json::from_value(Value::Object(all)).map_err(|error| ConfigError::BadValue {
            key: "a setting".into(),
            origin: "the configuration".into(),
            detail: error.to_string(),
        })
    }
}

fn unset(setting: &Setting) -> ConfigEntry {
    ConfigEntry {
        key: setting.key.to_owned(),
        value: Value::Null,
        source: ConfigSource::Default,
        origin: None,
        takes_effect: setting.takes_effect,
    }
}

/// Puts a value at its dotted key.
pub(crate) fn place(all: &mut Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            all.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = all
                .entry(section)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                place(inner, rest, value);
            }
        }
    }
}
